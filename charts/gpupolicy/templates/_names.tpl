{{/* Labels that select the pods of a part: fixed for the life of a release. Call with (dict "root" $ "part" "controller"). */}}
{{- define "gpupolicy.selector" -}}
app.kubernetes.io/name: gpupolicy
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "gpupolicy.labels" -}}
{{ include "gpupolicy.selector" . }}
app.kubernetes.io/part-of: gpupolicy
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
{{- end }}

{{- define "gpupolicy.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* Name of the controller's service account, and of what belongs to it. */}}
{{- define "gpupolicy.controller" -}}
gpupolicy-controller
{{- end }}

{{/* Namespace of everything that runs on the nodes. */}}
{{- define "gpupolicy.nodeNamespace" -}}
gpupolicy-node
{{- end }}

{{/* Name of the DaemonSet, and of what belongs to it. */}}
{{- define "gpupolicy.node" -}}
gpupolicy-node
{{- end }}

{{/* Service account of the agent. */}}
{{- define "gpupolicy.agent" -}}
gpupolicy-agent
{{- end }}

{{/* Whether there is a proxy between kubelet and plugin: "true" or nothing. */}}
{{- define "gpupolicy.hasProxy" -}}
{{- if and .Values.node.enabled (ne .Values.devicePlugin.mode "off") }}true{{ end -}}
{{- end }}

{{/* Whether the vendor's plugin runs in our pod: "true" or nothing. */}}
{{- define "gpupolicy.hasPlugin" -}}
{{- if and .Values.node.enabled (eq .Values.devicePlugin.mode "sidecar") }}true{{ end -}}
{{- end }}

{{/* Whether pods of a plugin that somebody else deploys are led to the proxy: "true" or nothing. */}}
{{- define "gpupolicy.redirects" -}}
{{- if and .Values.node.enabled (eq .Values.devicePlugin.mode "proxy-only") .Values.devicePlugin.redirect.enabled }}true{{ end -}}
{{- end }}
