/*
 * A client in C++20: RAII, string views, spans, a block for the handler, and mounts by the members that
 * statfs has on macOS. Ends with 0 when it saw its child mount something.
 */
#include <EndpointSecurity/EndpointSecurity.h>
#include <bsm/libbsm.h>
#include <sys/attr.h>
#include <sys/mount.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr std::string_view
view(const es_string_token_t &token)
{
	return { token.data, token.length };
}

struct Deleter {
	void operator()(es_client_t *client) const noexcept
	{
		es_unsubscribe_all(client);
		es_delete_client(client);
	}
};
using Client = std::unique_ptr<es_client_t, Deleter>;

struct Seen {
	std::atomic<bool> mount{ false }, wrong{ false };
	std::atomic<pid_t> child{ 0 };
} seen;

std::string
describe(const es_message_t &msg)
{
	switch (msg.event_type) {
	case ES_EVENT_TYPE_NOTIFY_MOUNT: {
		const struct statfs *fs = msg.event.mount.statfs;

		return std::string(fs->f_fstypename) + " on " + fs->f_mntonname + " from " +
		       msg.event.mount.statfs->f_mntfromname;
	}
	case ES_EVENT_TYPE_NOTIFY_GETATTRLIST:
		return msg.event.getattrlist.attrlist.commonattr & ATTR_CMN_NAME ? "name" : "";
	case ES_EVENT_TYPE_NOTIFY_OPEN:
		return std::string(view(msg.event.open.file->path));
	default:
		return {};
	}
}

Client
connect()
{
	es_client_t *client = nullptr;
	auto handler = ^(es_client_t *, const es_message_t *msg) {
		if (audit_token_to_pid(msg->process->audit_token) != seen.child)
			return;
		if (auto text = describe(*msg); msg->event_type == ES_EVENT_TYPE_NOTIFY_MOUNT) {
			seen.wrong = text != "tmpfs on /mnt from es_client";
			seen.mount = true;
		}
	};

	if (es_new_client(&client, handler) != ES_NEW_CLIENT_RESULT_SUCCESS)
		return {};
	return Client{ client };
}

} // namespace

static_assert(std::is_enum_v<es_event_type_t>);
static_assert(FREAD == 1 && FWRITE == 2);

int
main()
{
	constexpr std::array events{ ES_EVENT_TYPE_NOTIFY_MOUNT, ES_EVENT_TYPE_NOTIFY_UNMOUNT,
				     ES_EVENT_TYPE_NOTIFY_OPEN };
	const std::span<const es_event_type_t> types{ events };
	int go[2];

	alarm(std::getenv("ESTOP_PATIENCE") ? 600 : 30); /* emulated machines are slow */
	if (geteuid() != 0)
		return 77;
	auto client = connect();
	if (!client || pipe(go) != 0)
		return 1;
	const pid_t pid = fork();
	if (pid == 0) {
		char byte;

		close(go[1]);
		if (read(go[0], &byte, 1) != 1)
			_exit(0);
		/* Nobody else sees what is mounted here. */
		if (unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
		    ::mount("es_client", "/mnt", "tmpfs", 0, nullptr) != 0)
			_exit(1);
		_exit(0);
	}
	seen.child = pid;
	if (es_subscribe(client.get(), types.data(), static_cast<uint32_t>(types.size())) != ES_RETURN_SUCCESS)
		return 1;
	if (write(go[1], "", 1) != 1)
		return 1;
	int status = 0;
	waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return 77; /* a container without mounts */
	while (!seen.mount)
		std::this_thread::sleep_for(std::chrono::milliseconds(1));
	return seen.wrong ? 2 : 0;
}
