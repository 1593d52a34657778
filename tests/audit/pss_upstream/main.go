// Judges pods by kubernetes/pod-security-admission itself, for comparison with profgen's own checks.
//
// Reads one JSON pod a line; writes for each "pod NUMBER" and then, per level and per run of versions with the same
// outcome, "LEVEL FIRST-LAST OUTCOME": allowed, or upstream's reasons and details. A pod that the API server could not
// decode gives "refused" and why.
package main

import (
	"bufio"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	sigsjson "sigs.k8s.io/json"
)

const newest = 37

// What the API server does before admission (pkg/apis/core/v1/defaults.go) as far as a check looks at it.
func setDefaults(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		if spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
	if !spec.HostNetwork {
		return
	}
	for _, list := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			for j := range list[i].Ports {
				port := &list[i].Ports[j]
				if port.HostPort == 0 {
					port.HostPort = port.ContainerPort
				}
			}
		}
	}
}

func judge(evaluator policy.Evaluator, pod *corev1.Pod, level api.Level, minor int) string {
	version := api.LevelVersion{Level: level, Version: api.MajorMinorVersion(1, minor)}
	results := policy.AggregateCheckResults(evaluator.EvaluatePod(version, &pod.ObjectMeta, &pod.Spec))
	if results.Allowed {
		return "allowed"
	}
	return results.ForbiddenDetail()
}

func judgeAll(out *bufio.Writer, evaluator policy.Evaluator, pod *corev1.Pod) {
	for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
		first := 0
		for first <= newest {
			outcome := judge(evaluator, pod, level, first)
			last := first
			for last < newest && judge(evaluator, pod, level, last+1) == outcome {
				last++
			}
			fmt.Fprintf(out, "%s %d-%d %s\n", level, first, last, outcome)
			first = last + 1
		}
	}
}

func main() {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<26)
	for number := 1; in.Scan(); number++ {
		fmt.Fprintf(out, "pod %d\n", number)
		pod := corev1.Pod{}
		if err := sigsjson.UnmarshalCaseSensitivePreserveInts(in.Bytes(), &pod); err != nil {
			fmt.Fprintln(out, "refused", err)
			continue
		}
		setDefaults(&pod.Spec)
		judgeAll(out, evaluator, &pod)
	}
	if err := in.Err(); err != nil {
		panic(err)
	}
}
