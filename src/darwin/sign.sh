#!/bin/sh
# sign.sh PROGRAM IDENTITY [PROFILE]: signs estop with the entitlement Endpoint Security asks for.
# IDENTITY is what codesign takes; "-" signs for nobody, which only a Mac without System Integrity
# Protection runs. With a provisioning profile the program is put in estop.app beside it, as a
# profile can only be in a bundle. So are libraries that could not be linked statically: the hardened
# runtime loads none that somebody else signed, and a root program with this entitlement must load
# nothing that a user can write to.
set -eu
program=$1 identity=$2 profile=${3:-}
PATH=$PATH:/usr/libexec
entitlements=$(dirname "$0")/estop.entitlements
entitlement=com.apple.developer.endpoint-security.client

fail() {
	echo "sign: $*" >&2
	exit 1
}

[ -n "$identity" ] || fail "say who signs, as in: make sign IDENTITY='Developer ID Application: …'" \
	"PROFILE=estop.provisionprofile; on a test Mac without SIP: make sign IDENTITY=-"
for tool in codesign otool install_name_tool; do
	command -v $tool >/dev/null || fail "there is no $tool; this needs a Mac with Xcode's command line tools"
done

# foreign FILE : the libraries it loads that are not the system's
foreign() {
	otool -L "$1" | sed -n 's/^[[:blank:]]\(.*\) (compatibility.*/\1/p' |
		grep -Ev '^(/usr/lib/|/System/|@executable_path/)' || true
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle=$(dirname "$program")/estop.app
rm -rf "$bundle"
libraries=$(foreign "$program")

sign() {
	if [ "$identity" = - ]; then
		codesign --force --sign - "$@"
	else
		codesign --force --sign "$identity" --options runtime --timestamp "$@"
	fi
}

if [ -z "$profile" ] && [ -z "$libraries" ]; then
	sign --entitlements "$entitlements" "$program"
	[ "$identity" = - ] || echo "signed without a provisioning profile: only a Mac without SIP runs it;" \
		"PROFILE=… says which profile allows the entitlement"
	echo "run it with: sudo $program"
	exit
fi

cp "$entitlements" "$work/entitlements"
name=TEST.estop
if [ -n "$profile" ]; then
	security cms -D -i "$profile" >"$work/profile.plist"

	granted() {
		PlistBuddy -c "Print :Entitlements:$1" "$work/profile.plist" 2>/dev/null
	}

	[ "$(granted $entitlement)" = true ] || fail "$profile does not allow $entitlement"
	name=$(granted com.apple.application-identifier) || fail "$profile names no application"
	team=$(granted com.apple.developer.team-identifier) || fail "$profile names no team"
	case $name in
	*'*') fail "$profile is for any application; make one for an application identifier of its own" ;;
	esac
	PlistBuddy -c "Add :com.apple.application-identifier string $name" \
		-c "Add :com.apple.developer.team-identifier string $team" "$work/entitlements"
fi

mkdir -p "$bundle/Contents/MacOS"
cp "$program" "$bundle/Contents/MacOS/estop"
[ -z "$profile" ] || cp "$profile" "$bundle/Contents/embedded.provisionprofile"

# bundle_libraries FILE : its libraries into the bundle, and theirs; signed before what loads them
bundle_libraries() {
	foreign "$1" | while read -r library; do
		[ "${library##*/}" != "${1##*/}" ] || continue # its own name stands in the list, too
		copy=$bundle/Contents/Frameworks/${library##*/}
		install_name_tool -change "$library" "@executable_path/../Frameworks/${library##*/}" "$1"
		[ ! -e "$copy" ] || continue
		case $library in
		/*) ;;
		*) fail "cannot tell where $library is, which $1 loads" ;;
		esac
		mkdir -p "$bundle/Contents/Frameworks"
		cp "$library" "$copy"
		chmod u+w "$copy"
		install_name_tool -id "@executable_path/../Frameworks/${library##*/}" "$copy"
		(bundle_libraries "$copy")
		sign "$copy"
	done
}
bundle_libraries "$bundle/Contents/MacOS/estop"
for file in "$bundle/Contents/MacOS/estop" "$bundle/Contents/Frameworks"/*; do
	[ ! -e "$file" ] || [ -z "$(foreign "$file")" ] || fail "$file still loads $(foreign "$file")"
done

cat >"$bundle/Contents/Info.plist" <<END
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>CFBundleExecutable</key>
	<string>estop</string>
	<key>CFBundleIdentifier</key>
	<string>${name#*.}</string>
	<key>CFBundleName</key>
	<string>estop</string>
	<key>CFBundlePackageType</key>
	<string>APPL</string>
	<key>CFBundleShortVersionString</key>
	<string>$ESTOP_VERSION</string>
	<key>CFBundleVersion</key>
	<string>$ESTOP_VERSION</string>
	<key>LSMinimumSystemVersion</key>
	<string>13.0</string>
</dict>
</plist>
END
sign --entitlements "$work/entitlements" "$bundle"
[ -n "$profile" ] || echo "signed without a provisioning profile: only a Mac without SIP runs it;" \
	"PROFILE=… says which profile allows the entitlement"
echo "run it with: sudo $bundle/Contents/MacOS/estop"
