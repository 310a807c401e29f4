// Where the definitions of ServiceMonitor and PrometheusRule come from, by which the API server judges what the chart makes of them.
module gpupolicy.dev/test/tools/prometheus-operator

go 1.25

require github.com/prometheus-operator/prometheus-operator v0.85.0
