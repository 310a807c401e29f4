{{/* Stands between the kubelet and the vendor's plugin. It starts before the plugin and ends after it, which a native sidecar does: a plugin
     that finds no kubelet waits up to half a minute before it tries again. */}}
{{- define "gpupolicy.proxyContainer" -}}
- name: device-plugin-proxy
  image: {{ include "gpupolicy.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  restartPolicy: Always
  args:
    - device-plugin
    - --state-dir=/run/gpupolicy
    - --kubelet-dir={{ .Values.node.kubeletDir }}/device-plugins
    - --plugin-dir=/run/gpupolicy/plugins
    - --bind-address=:{{ .Values.devicePlugin.proxy.port }}
  ports:
    - { name: proxy, containerPort: {{ .Values.devicePlugin.proxy.port }}, protocol: TCP }
  startupProbe:
    httpGet: { path: /healthz, port: proxy }
    periodSeconds: 1
    failureThreshold: 60
  livenessProbe:
    httpGet: { path: /healthz, port: proxy }
    periodSeconds: 20
    failureThreshold: 3
  readinessProbe:
    httpGet: { path: /readyz, port: proxy }
    periodSeconds: 10
  resources:
    {{- toYaml .Values.devicePlugin.proxy.resources | nindent 4 }}
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities: { drop: [ALL] }
  volumeMounts:
    - { name: state, mountPath: /run/gpupolicy }
    - { name: device-plugins, mountPath: {{ .Values.node.kubeletDir }}/device-plugins }
{{- end }}
