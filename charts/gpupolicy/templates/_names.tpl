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
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end }}

{{/* Name of the controller's service account, and of what belongs to it. */}}
{{- define "gpupolicy.controller" -}}
gpupolicy-controller
{{- end }}
