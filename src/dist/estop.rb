# Homebrew formula, for a tap: url and sha256 are those of the tarball that `make dist` makes.
#
#   brew install --formula ./estop.rb
class Estop < Formula
  desc "Display what processes do, live, as a tree"
  homepage "https://developer.apple.com/documentation/endpointsecurity"
  url "file:///tmp/estop-0.1.0.tar.gz"
  license "MIT"

  depends_on "uthash" => :build
  depends_on "libmicrohttpd"
  depends_on macos: :ventura
  depends_on "pcre2"
  depends_on "utf8proc"
  depends_on "yajl"
  depends_on "zstd"

  def install
    system "make", "install", "PREFIX=#{prefix}", "BASHDIR=#{bash_completion}", "ZSHDIR=#{zsh_completion}",
                   "FISHDIR=#{fish_completion}", "MANDIR=#{man}"
  end

  def caveats
    <<~EOS
      Watching needs root, Full Disk Access for the terminal, and a signature with Apple's entitlement: see
      estop-mac(7). Without them estop shows what Apple's eslogger writes:
        sudo eslogger exec fork exit open close | estop -r -
    EOS
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/estop --version")
  end
end
