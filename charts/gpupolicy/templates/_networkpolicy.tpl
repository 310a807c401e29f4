{{/* Lets pods of a part reach the API server and DNS, and be reached on some of their ports. Call with
     (dict "root" $ "part" "controller" "name" … "namespace" … "ports" (list "http")). */}}
{{- define "gpupolicy.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
  labels:
    {{- include "gpupolicy.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "gpupolicy.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    # Metrics and probes; reviews of the webhook come from the API server, whose address no selector can name.
    - ports:
        {{- range .ports }}
        - { port: {{ . }}, protocol: TCP }
        {{- end }}
  egress:
    # The API server, whose address no selector can name.
    - ports:
        {{- range .root.Values.controller.networkPolicy.apiServerPorts }}
        - { port: {{ . }}, protocol: TCP }
        {{- end }}
    # Names.
    - ports:
        - { port: 53, protocol: UDP }
        - { port: 53, protocol: TCP }
{{- end }}
