{{/* A CEL string: matches the kubelet's directory of device plugins, with a slash at the end or without. */}}
{{- define "gpupolicy.pluginDirectoryPattern" -}}
{{ printf "^%s/device-plugins/*$" (regexQuoteMeta .Values.node.kubeletDir) | toJson }}
{{- end }}
