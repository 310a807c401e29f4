{{/* Volumes of the DaemonSet's pod. */}}
{{- define "gpupolicy.nodeVolumes" -}}
# What agent and proxy tell each other; survives both, not a reboot.
- name: state
  hostPath: { path: /run/gpupolicy, type: DirectoryOrCreate }
- name: pod-resources
  hostPath: { path: {{ .Values.node.kubeletDir }}/pod-resources, type: DirectoryOrCreate }
# As a kubelet mounts it by itself, but for one container. It is bound to the pod, so that it names its node: gpupolicy-agent-fence asks for that.
- name: token
  projected:
    defaultMode: 256 # 0400
    sources:
      - serviceAccountToken: { path: token, expirationSeconds: 3607 }
      - configMap: { name: kube-root-ca.crt, items: [{ key: ca.crt, path: ca.crt }] }
      # apiVersion is what the server fills in: without it each kubectl apply sees a difference.
      - downwardAPI: { items: [{ path: namespace, fieldRef: { apiVersion: v1, fieldPath: metadata.namespace } }] }
{{- if include "gpupolicy.hasProxy" . }}
- name: device-plugins
  hostPath: { path: {{ .Values.node.kubeletDir }}/device-plugins, type: Directory }
{{- end }}
{{- if include "gpupolicy.hasPlugin" . }}
- name: plugins
  hostPath: { path: /run/gpupolicy/plugins, type: DirectoryOrCreate }
{{- if .Values.devicePlugin.config }}
- name: device-plugin-config
  configMap: { name: gpupolicy-device-plugin }
{{- end }}
{{- with .Values.devicePlugin.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- with .Values.node.driver.root }}
- name: driver
  hostPath: { path: {{ . | quote }}, type: Directory }
{{- end }}
{{- end }}
