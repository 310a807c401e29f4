# Makes a mount namespace into a node's: /var/lib/kubelet and /var/log are the node's own, all else is the machine's. The kubelet and its plugins
# have the path of the device plugins' sockets as a constant, and one machine must be able to hold several nodes.
#
#	sh namespace.sh FOLDER		FOLDER/lib/kubelet and FOLDER/log are mounted there
set -e
folder=$1
# /var/lib/kubelet need not exist, and only root could create it: so /var/lib is covered whole, with what is in it mounted back.
for entry in /var/lib/*; do
	name=${entry##*/}
	target="$folder/lib/$name"
	if [ "$name" = kubelet ] || [ -L "$entry" ]; then continue; fi
	if [ -d "$entry" ]; then mkdir -p "$target"; else : > "$target"; fi
	mount --rbind "$entry" "$target" 2> /dev/null || true
done
mount --rbind "$folder/lib" /var/lib
mount --rbind "$folder/log" /var/log
: > "$folder/mounted"
exec sleep infinity
