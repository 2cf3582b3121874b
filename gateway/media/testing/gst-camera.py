"""An RTSP camera that is not ours: gst-rtsp-server, with /main, /sub and, given a file or a whole pipeline, /file; prints its port.

Usage: gst-camera.py [--login user:password] [--scheme digest|basic] [--file movie.mp4 | --launch pipeline] [--port n] [--tls cert-and-key.pem]
"""

import argparse

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
options = argparse.ArgumentParser()
options.add_argument("--login")
options.add_argument("--scheme", default="digest")
options.add_argument("--file")
options.add_argument("--launch")
options.add_argument("--port", default="0")
options.add_argument("--tls")
given = options.parse_args()

TEST_PICTURE = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width={w},height={h},framerate=25/1 ! "
    "openh264enc bitrate={bps} gop-size=25 complexity=low ! h264parse ! "
    "rtph264pay name=pay0 pt=96 config-interval=-1 )"
)
FILE = "( filesrc location={file} ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )"

server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(given.port)

auth = GstRtspServer.RTSPAuth()
if given.tls:
    auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(given.tls))
if given.login:
    user, password = given.login.split(":")
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if given.scheme == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
if given.login or given.tls:
    server.set_auth(auth)


def mount(path, launch, shared):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch)
    factory.set_shared(shared)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_role("viewer")
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    if given.login:
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory(path, factory)


mount("/main", TEST_PICTURE.format(w=640, h=360, bps=1_000_000), True)
mount("/sub", TEST_PICTURE.format(w=320, h=180, bps=300_000), True)
if given.file or given.launch:
    mount("/file", given.launch or FILE.format(file=given.file), False)
server.attach(None)
print(f"port {server.get_bound_port()}", flush=True)
GLib.MainLoop().run()
