/**
 * Spells a literal for `env[].value` of a container. The kubelet expands `$(NAME)` there and reads `$$` as one `$`
 * (k8s.io/kubernetes/third_party/forked/golang/expansion), so that a literal with either has every `$` doubled.
 */
export function podEnvValue(literal: string): string {
	return /\$[$(]/.test(literal) ? literal.replaceAll('$', '$$$$') : literal;
}
