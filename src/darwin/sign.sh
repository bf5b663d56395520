#!/bin/sh
# sign.sh PROGRAM IDENTITY [PROFILE]: signs estop with the entitlement Endpoint Security asks for.
# IDENTITY is what codesign takes; "-" signs for nobody, which only a Mac without System Integrity
# Protection runs. With a provisioning profile the program is put in estop.app beside it, as a
# profile can only be in a bundle.
set -eu
program=$1 identity=$2 profile=${3:-}
entitlements=$(dirname "$0")/estop.entitlements
entitlement=com.apple.developer.endpoint-security.client

fail() {
	echo "sign: $*" >&2
	exit 1
}

[ -n "$identity" ] || fail "say who signs, as in: make sign IDENTITY='Developer ID Application: …'" \
	"PROFILE=estop.provisionprofile; on a test Mac without SIP: make sign IDENTITY=-"
command -v codesign >/dev/null || fail "there is no codesign; this needs a Mac"

if [ "$identity" = - ]; then
	codesign --force --sign - --entitlements "$entitlements" "$program"
	echo "run it with: sudo $program"
	exit
fi
if [ -z "$profile" ]; then
	codesign --force --sign "$identity" --options runtime --timestamp \
		--entitlements "$entitlements" "$program"
	echo "signed without a provisioning profile: only a Mac without SIP runs it;" \
		"PROFILE=… says which profile allows the entitlement"
	exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
security cms -D -i "$profile" >"$work/profile.plist"

granted() {
	/usr/libexec/PlistBuddy -c "Print :Entitlements:$1" "$work/profile.plist" 2>/dev/null
}

[ "$(granted $entitlement)" = true ] || fail "$profile does not allow $entitlement"
name=$(granted com.apple.application-identifier) || fail "$profile names no application"
team=$(granted com.apple.developer.team-identifier) || fail "$profile names no team"
case $name in
*'*') fail "$profile is for any application; make one for an application identifier of its own" ;;
esac
cp "$entitlements" "$work/entitlements"
/usr/libexec/PlistBuddy -c "Add :com.apple.application-identifier string $name" \
	-c "Add :com.apple.developer.team-identifier string $team" "$work/entitlements"

bundle=$(dirname "$program")/estop.app
rm -rf "$bundle"
mkdir -p "$bundle/Contents/MacOS"
cp "$program" "$bundle/Contents/MacOS/estop"
cp "$profile" "$bundle/Contents/embedded.provisionprofile"
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
codesign --force --sign "$identity" --options runtime --timestamp \
	--entitlements "$work/entitlements" "$bundle"
echo "run it with: sudo $bundle/Contents/MacOS/estop"
