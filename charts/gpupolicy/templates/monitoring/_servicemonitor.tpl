{{/* Scrapes ports of a part's Service. Call with (dict "root" $ "part" "controller" "namespace" … "ports" (list "metrics")). */}}
{{- define "gpupolicy.serviceMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: gpupolicy-{{ .part }}
  namespace: {{ .namespace }}
  labels:
    {{- include "gpupolicy.labels" . | nindent 4 }}
    {{- with .root.Values.metrics.serviceMonitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "gpupolicy.selector" . | nindent 6 }}
  endpoints:
    {{- range .ports }}
    - port: {{ . }}
      interval: {{ $.root.Values.metrics.serviceMonitor.interval }}
      {{- if eq $.part "node" }}
      relabelings:
        - { sourceLabels: [__meta_kubernetes_pod_node_name], targetLabel: node }
      {{- end }}
    {{- end }}
{{- end }}
