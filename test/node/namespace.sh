# Makes a mount namespace into a node's: a few folders are the node's own, and of the rest only temporary files can be written. The kubelet, its
# plugins and container runtimes have these paths as constants, and one machine must be able to hold several nodes. They are root there, if only
# there, and remove what they take for theirs.
#
#	sh namespace.sh FOLDER [CGROUPS]	FOLDER/lib/kubelet, FOLDER/run/containerd, FOLDER/run/gpupolicy and FOLDER/log are mounted there;
#						CGROUPS (/sys/fs/cgroup) may be written
set -e
folder=$1
cgroups=${2:-$1}
temporary=$(dirname "$folder")

read_only() {
	mount -o remount,bind,ro "$1" 2> /dev/null || true
}

# They need not exist, and only root could create them: so the folder above is covered whole, with what else is in it mounted back.
cover() {
	for entry in "$1"/*; do
		target="$2/${entry##*/}"
		if [ -e "$target" ]; then continue; fi
		if [ -L "$entry" ]; then cp -P "$entry" "$target"; continue; fi
		if [ ! -e "$entry" ]; then continue; fi
		if [ -d "$entry" ]; then mkdir "$target"; else : > "$target"; fi
		mount --rbind "$entry" "$target" 2> /dev/null || true
		read_only "$target"
	done
	mount --rbind "$2" "$1"
}

mounts=$(cut -d ' ' -f 2 /proc/self/mounts)
for each in /tmp "$temporary" "$folder"; do mount --rbind "$each" "$each"; done
cover /var/lib "$folder/lib"
cover /run "$folder/run"
mount --rbind "$folder/log" /var/log
for each in $mounts; do
	case "$each/" in
	/proc/* | /dev/?* | /tmp/* | /run/* | /var/lib/* | /var/log/* | "$temporary"/* | "$cgroups"/*) ;;
	*) read_only "$each" ;;
	esac
done
# A kubelet sets a few parameters of the kernel, which are those of the whole machine: here they are files of the node.
mount --rbind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mkdir "$folder/sysctl"
for each in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
	file="$folder/sysctl/${each##*/}"
	cat "/proc/sys/$each" > "$file"
	mount --bind "$file" "/proc/sys/$each"
done
: > "$folder/mounted"
exec sleep infinity
