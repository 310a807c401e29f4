{{/* Reads the devices, judges them, and tells the proxy and the cluster. */}}
{{- define "gpupolicy.agentContainer" -}}
- name: agent
  image: {{ include "gpupolicy.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  # Rather less memory than speed: on every node, and at work for milliseconds in a quarter of a minute.
  command: [node, --lite-mode, --max-semi-space-size=1, /opt/gpupolicy/bin/gpupolicy.js]
  args:
    - agent
    - --state-dir=/run/gpupolicy
    - --kubelet-dir={{ .Values.node.kubeletDir }}
    - --interval={{ .Values.agent.interval }}
    - --bind-address=:{{ .Values.agent.port }}
  env:
    - name: NODE_NAME
      valueFrom: { fieldRef: { fieldPath: spec.nodeName } }
    # Of the container runtime: every device, for asking only, and without taking one from anybody.
    {{- include "gpupolicy.driverEnv" (dict "root" . "capabilities" "utility") | nindent 4 }}
  ports:
    - { name: agent, containerPort: {{ .Values.agent.port }}, protocol: TCP }
  livenessProbe:
    httpGet: { path: /healthz, port: agent }
    initialDelaySeconds: 10
    periodSeconds: 20
    failureThreshold: 6
  readinessProbe:
    httpGet: { path: /readyz, port: agent }
    periodSeconds: 10
  resources:
    {{- toYaml .Values.agent.resources | nindent 4 }}
  securityContext:
    readOnlyRootFilesystem: true
    {{- if .Values.node.driver.root }}
    # Device files that no container runtime brought in can be opened by a privileged container only.
    privileged: true
    {{- else }}
    allowPrivilegeEscalation: false
    # The environment of a process is in a file of its owner, and behind ptrace's access check.
    capabilities: { drop: [ALL], add: [SYS_PTRACE, DAC_READ_SEARCH] }
    {{- end }}
    # The default profile lets nobody look into processes outside containers.
    appArmorProfile: { type: Unconfined }
  volumeMounts:
    - { name: state, mountPath: /run/gpupolicy }
    - { name: pod-resources, mountPath: {{ .Values.node.kubeletDir }}/pod-resources, readOnly: true }
    - { name: token, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true }
    {{- if .Values.node.driver.root }}
    - { name: driver, mountPath: /run/nvidia/driver, readOnly: true, mountPropagation: HostToContainer }
    {{- end }}
{{- end }}

{{/* What the NVIDIA container runtime is asked for. Call with (dict "root" $ "capabilities" "utility"). */}}
{{- define "gpupolicy.driverEnv" -}}
- name: NVIDIA_VISIBLE_DEVICES
  value: {{ ternary "void" "all" (ne .root.Values.node.driver.root "") }}
- name: NVIDIA_DRIVER_CAPABILITIES
  value: {{ .capabilities }}
{{- end }}
