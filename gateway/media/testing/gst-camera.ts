/** Starts the independent camera (gst-camera.py) and stops it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { until } from '../../testing/wait.ts'

export interface GstCamera {
  readonly port: number
  url(path: 'main' | 'sub' | 'file'): string
  stop(): void
}

export interface GstCameraOptions {
  readonly login?: string
  readonly scheme?: 'digest' | 'basic'
  readonly file?: string
  /** A pipeline of gst-launch with pay0 and, for sound, pay1: served as `file`, anew for each client. */
  readonly launch?: string
  readonly port?: number
  /** A file with certificate and key, PEM: it speaks RTSPS only. */
  readonly tls?: string
}

const SCRIPT = fileURLToPath(new URL('./gst-camera.py', import.meta.url))
const NEEDS =
  'needs gst-rtsp-server: Debian packages python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good gstreamer1.0-plugins-bad'

/** Fails with the packages to install where the peer is missing. */
export async function startGstCamera(options: GstCameraOptions = {}): Promise<GstCamera> {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  // Debian's own Python: another one on the PATH does not see python3-gi.
  const child = spawn('/usr/bin/python3', [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const { output, port } = watch(child)
  await until('the camera of gst-rtsp-server listens', () => port() > 0 || child.exitCode !== null)
  if (port() === 0) throw new Error(`${NEEDS}\n${output()}`)
  return {
    port: port(),
    url: path => `${options.tls === undefined ? 'rtsp' : 'rtsps'}://127.0.0.1:${port()}/${path}`,
    stop: () => child.kill('SIGKILL')
  }
}

function watch(child: ChildProcess): { output(): string; port(): number } {
  let output = ''
  child.on('error', error => {
    output += error.message
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += chunk))
  return { output: () => output, port: () => Number(/^port (\d+)$/m.exec(output)?.[1] ?? 0) }
}
