{{/* Role or ClusterRole, and its binding to the controller's service account. Call with
     (dict "root" $ "name" "gpupolicy-nodes" "namespace" "" "rules" "…"): without a namespace it holds for the cluster. */}}
{{- define "gpupolicy.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ if .namespace }}Role{{ else }}ClusterRole{{ end }}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "gpupolicy.labels" (dict "root" .root "part" "controller") | nindent 4 }}
rules:
{{ .rules | trim | indent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ if .namespace }}RoleBinding{{ else }}ClusterRoleBinding{{ end }}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "gpupolicy.labels" (dict "root" .root "part" "controller") | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: {{ if .namespace }}Role{{ else }}ClusterRole{{ end }}, name: {{ .name }} }
subjects:
  - { kind: ServiceAccount, name: {{ include "gpupolicy.controller" .root }}, namespace: {{ .root.Release.Namespace }} }
{{- end }}
