{{/* Metadata of what `helm test` makes and takes away again when it has succeeded; after a failure it stays, to be looked at, until the next run.
     Call with (dict "root" $ "name" … "namespace" "…" or "" "weight" 0). */}}
{{- define "gpupolicy.testMetadata" -}}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "gpupolicy.labels" (dict "root" .root "part" "test") | nindent 4 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-weight: {{ .weight | quote }}
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}

{{/* Pod spec of a test, but for its container's resources and environment, which follow. Call with (dict "root" $ "script" "status.mjs"). */}}
{{- define "gpupolicy.testPodSpec" -}}
restartPolicy: Never
serviceAccountName: gpupolicy-test
securityContext:
  runAsNonRoot: true
  {{- if not .root.Values.openshift.enabled }}
  runAsUser: 65532
  runAsGroup: 65532
  {{- end }}
  seccompProfile: { type: RuntimeDefault }
volumes:
  - name: scripts
    configMap: { name: gpupolicy-test }
containers:
  - name: test
    image: {{ include "gpupolicy.image" .root }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    command: [node, /scripts/{{ .script }}]
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: { drop: [ALL] }
    volumeMounts:
      - { name: scripts, mountPath: /scripts, readOnly: true }
{{- end }}
