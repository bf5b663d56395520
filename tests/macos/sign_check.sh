#!/bin/sh
# sign_check.sh DIR: make sign and make install on what check.sh built in DIR, with LLVM's otool and
# install_name_tool, and with a codesign that only writes down what it is to sign.
set -eu
dir=$1
work=$dir/sign
sdk=$PWD/$dir/sdk

fail() {
	echo "sign-check: $*" >&2
	exit 1
}

# tool NAME : LLVM's, which Debian installs with the version in its name
tool() {
	for found in "llvm-$1" $(find /usr/bin -name "llvm-$1-[0-9]*" | sort -V); do
		command -v "$found" >/dev/null 2>&1 && break
	done
	command -v "$found" >/dev/null 2>&1 || fail "llvm-$1 is missing; 'make deps macos-check' installs it"
	printf '#!/bin/sh\nexec %s "$@"\n' "$found"
}

rm -rf "$work"
mkdir -p "$work/bin" "$work/brew"
tool otool >"$work/bin/otool"
tool install-name-tool >"$work/bin/install_name_tool"
cat >"$work/bin/codesign" <<'END'
#!/bin/sh
for last; do :; done
echo "$* " >>"$SIGNED"
[ -e "$last" ] || exit 1
END
printf '#!/bin/sh\necho "a profile"\n' >"$work/bin/security"
cat >"$work/bin/PlistBuddy" <<'END'
#!/bin/sh
case $2 in
*endpoint-security.client) echo true ;;
*application-identifier) echo "${APPLICATION:-TEAMID.org.example.estop}" ;;
*team-identifier) echo TEAMID ;;
esac
END
chmod +x "$work/bin"/*
PATH=$PWD/$work/bin:$PATH
SIGNED=$PWD/$work/signed ESTOP_VERSION=1.2.3
export PATH SIGNED ESTOP_VERSION

loads() {
	otool -L "$1" | sed -n 's/^[[:blank:]]\(.*\) (compatibility.*/\1/p'
}

# Static: nothing but the system's, so it is signed where it is.
cp "$dir/arm64/estop" "$work/estop"
: >"$SIGNED"
sh src/darwin/sign.sh "$work/estop" - >"$work/out"
grep -q -- "--sign - --entitlements src/darwin/estop.entitlements $work/estop $" "$SIGNED" ||
	fail "a static program was not signed in place: $(cat "$SIGNED")"
[ ! -e "$work/estop.app" ] || fail "a static program without a profile was put in a bundle"

# With a profile it is in a bundle, whose name is the profile's.
: >"$SIGNED"
echo profile >"$work/estop.provisionprofile"
sh src/darwin/sign.sh "$work/estop" 'Developer ID' "$work/estop.provisionprofile" >"$work/out"
grep -q -- "--options runtime .*$work/estop.app $" "$SIGNED" || fail "the bundle was not signed"
grep -q '<string>org.example.estop</string>' "$work/estop.app/Contents/Info.plist" ||
	fail "the bundle has another identifier than its profile"
[ -e "$work/estop.app/Contents/embedded.provisionprofile" ] || fail "the bundle has no profile"
if APPLICATION='TEAMID.*' sh src/darwin/sign.sh "$work/estop" 'Developer ID' "$work/estop.provisionprofile" \
	2>"$work/out"; then
	fail "a profile for any application was not refused"
fi
grep -q 'for any application' "$work/out" || fail "it was refused for another reason"

# Libraries of somebody else, one of which loads another, move into the bundle, innermost signed first.
library() {
	printf 'int %s(void) { return 1; }\n' "$1" >"$work/$1.c"
	shared=$1
	shift
	clang -target arm64-apple-macos13.0 -isysroot "$sdk" -fuse-ld=lld -dynamiclib -Wl,-headerpad,0x400 \
		-install_name "$PWD/$work/brew/lib$shared.dylib" -o "$work/brew/lib$shared.dylib" "$work/$shared.c" "$@"
}
library inner
library outer "-L$work/brew" -linner
printf 'int main(void) { return 0; }\n' >"$work/main.c"
clang -target arm64-apple-macos13.0 -isysroot "$sdk" -fuse-ld=lld -Wl,-headerpad,0x400 -o "$work/estop" \
	"$work/main.c" "-L$work/brew" -louter -linner
loads "$work/estop" | grep -q "$work/brew/libouter.dylib" || fail "the test program loads no library"
: >"$SIGNED"
sh src/darwin/sign.sh "$work/estop" 'Developer ID' "$work/estop.provisionprofile" >"$work/out" 2>&1 ||
	fail "a program with libraries cannot be signed: $(cat "$work/out")"
in=$work/estop.app/Contents
for file in MacOS/estop Frameworks/libouter.dylib Frameworks/libinner.dylib; do
	! loads "$in/$file" | grep -Ev '^(/usr/lib/|@executable_path/../Frameworks/lib(inner|outer)\.dylib$)' ||
		fail "$file loads what is not the system's"
done
loads "$in/MacOS/estop" | grep -q '^@executable_path/../Frameworks/libouter.dylib$' ||
	fail "the program does not load the library of the bundle"
order=$(sed 's/ $//; s/.* //; s/.*\///' "$SIGNED" | tr '\n' ' ')
[ "$order" = "libinner.dylib libouter.dylib estop.app " ] || fail "signed in this order: $order"

# What is installed after that is the bundle, and a link to it.
mkdir -p "$work/b"
cp "$dir/arm64/estop" "$work/b/estop"
cp -R "$work/estop.app" "$work/b/estop.app"
touch "$work/b/estop.app/Contents/MacOS/estop"
install() {
	"$MAKE" -s --no-print-directory OS=Darwin B="$work/b" HOMES="$PWD/$dir/brew/arm64" DESTDIR="$PWD/$work/root" \
		-o "$work/b/estop" "$@" >"$work/out" 2>&1
}
install install || fail "make install: $(cat "$work/out")"
[ -L "$work/root/usr/local/bin/estop" ] || fail "what is installed is no link"
# Absolute, so where it leads is below DESTDIR here.
cmp -s "$work/root$(readlink "$work/root/usr/local/bin/estop")" "$in/MacOS/estop" ||
	fail "the link does not lead to the signed program"
touch -d '+1 hour' "$work/b/estop"
! install install || fail "a program that is newer than its signed bundle was installed"
grep -q 'make sign again' "$work/out" || fail "make install says $(cat "$work/out")"
install uninstall
[ -z "$(find "$work/root" -name 'estop*')" ] || fail "make uninstall leaves $(find "$work/root" -name 'estop*')"
echo "ok: what is signed, and what is installed after that"
