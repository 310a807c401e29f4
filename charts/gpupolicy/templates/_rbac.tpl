{{/* Role or ClusterRole, and its binding to a service account: the controller's, or another one's ("account" with "name", "namespace", "part").
     Call with (dict "root" $ "name" "gpupolicy-nodes" "namespace" "" "rules" "…"): without a namespace it holds for the cluster. */}}
{{- define "gpupolicy.role" -}}
{{- $account := .account | default (dict "name" (include "gpupolicy.controller" .root) "namespace" .root.Release.Namespace "part" "controller") -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ if .namespace }}Role{{ else }}ClusterRole{{ end }}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "gpupolicy.labels" (dict "root" .root "part" $account.part) | nindent 4 }}
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
    {{- include "gpupolicy.labels" (dict "root" .root "part" $account.part) | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: {{ if .namespace }}Role{{ else }}ClusterRole{{ end }}, name: {{ .name }} }
subjects:
  - { kind: ServiceAccount, name: {{ $account.name }}, namespace: {{ $account.namespace }} }
{{- end }}
