{{/* The vendor's plugin, stock. What it takes for the kubelet's directory is the proxy's. */}}
{{- define "gpupolicy.pluginContainer" -}}
- name: device-plugin
  image: {{ include "gpupolicy.pluginImage" . }}
  imagePullPolicy: {{ .Values.devicePlugin.image.pullPolicy }}
  {{- with .Values.devicePlugin.command }}
  command:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.devicePlugin.args }}
  args:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  env:
    {{- include "gpupolicy.driverEnv" (dict "root" . "capabilities" "compute,utility") | nindent 4 }}
    {{- if .Values.node.driver.root }}
    - name: NVIDIA_DRIVER_ROOT
      value: {{ .Values.node.driver.root | quote }}
    {{- end }}
    {{- if .Values.devicePlugin.config }}
    - name: CONFIG_FILE
      value: /config/config.yaml
    {{- end }}
    {{- with .Values.devicePlugin.env }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.devicePlugin.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- if or .Values.node.driver.root (dig "privileged" false (.Values.devicePlugin.securityContext | default dict)) }}
    privileged: true
    {{- else }}
    {{- toYaml .Values.devicePlugin.securityContext | nindent 4 }}
    {{- end }}
  volumeMounts:
    - { name: plugins, mountPath: /var/lib/kubelet/device-plugins }
    {{- if .Values.node.driver.root }}
    - { name: driver, mountPath: /driver-root, readOnly: true, mountPropagation: HostToContainer }
    {{- end }}
    {{- if .Values.devicePlugin.config }}
    - { name: device-plugin-config, mountPath: /config, readOnly: true }
    {{- end }}
    {{- with .Values.devicePlugin.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- define "gpupolicy.pluginImage" -}}
{{ .Values.devicePlugin.image.repository }}{{ if .Values.devicePlugin.image.digest }}@{{ .Values.devicePlugin.image.digest }}{{ else }}:{{ .Values.devicePlugin.image.tag }}{{ end }}
{{- end }}
