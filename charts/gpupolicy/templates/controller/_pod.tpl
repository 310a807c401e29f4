{{/* What every pod of the controller's account has in common. */}}
{{- define "gpupolicy.pod" -}}
{{- $controller := .root.Values.controller -}}
serviceAccountName: {{ include "gpupolicy.controller" .root }}
{{- with $controller.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  {{- if not .root.Values.openshift.enabled }}
  {{- /* OpenShift gives each namespace user ids of its own. */}}
  runAsUser: 65532
  runAsGroup: 65532
  {{- end }}
  seccompProfile: { type: RuntimeDefault }
{{- with $controller.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $controller.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $controller.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What every container of it has in common. */}}
{{- define "gpupolicy.container" -}}
image: {{ include "gpupolicy.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
resources:
  {{- toYaml .root.Values.controller.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* The arguments that say which duties there are. */}}
{{- define "gpupolicy.args" -}}
- --namespace={{ .Release.Namespace }}
- --admission={{ .Values.controller.admission }}
{{- if not .Values.controller.nodes.manage }}
- --no-manage-nodes
{{- end }}
{{- end }}
