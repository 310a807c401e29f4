# Makes a mount namespace into a node's: a few folders are the node's own, all else is the machine's. The kubelet, its plugins and container runtimes
# have these paths as constants, and one machine must be able to hold several nodes.
#
#	sh namespace.sh FOLDER		FOLDER/lib/kubelet, FOLDER/run/containerd, FOLDER/run/gpupolicy and FOLDER/log are mounted there
set -e
folder=$1

# They need not exist, and only root could create them: so the folder above is covered whole, with what else is in it mounted back.
cover() {
	for entry in "$1"/*; do
		target="$2/${entry##*/}"
		if [ -e "$target" ]; then continue; fi
		if [ -L "$entry" ]; then cp -P "$entry" "$target"; continue; fi
		if [ ! -e "$entry" ]; then continue; fi
		if [ -d "$entry" ]; then mkdir "$target"; else : > "$target"; fi
		mount --rbind "$entry" "$target" 2> /dev/null || true
	done
	mount --rbind "$2" "$1"
}
cover /var/lib "$folder/lib"
cover /run "$folder/run"
mount --rbind "$folder/log" /var/log
: > "$folder/mounted"
exec sleep infinity
