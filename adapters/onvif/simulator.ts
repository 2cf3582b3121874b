/** Simulated ONVIF cameras: one process that speaks WS-Discovery, ONVIF device and media service, RTSP and RTP for a whole town. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DISCOVERY_PORT } from './discovery-frame.ts'
import { Broadcast } from './simulator/broadcast.ts'
import type { CameraStream, DeviceAuth, SimulatedCamera, StreamKind } from './simulator/camera.ts'
import { systemClock, type TownClock } from './simulator/clock.ts'
import { deviceServiceUrl, scopesOf } from './simulator/device-service.ts'
import { DigestCheck, type Login } from './simulator/digest-check.ts'
import { DiscoveryResponder } from './simulator/discovery-responder.ts'
import { type EventHabits, EventService, type Noticed } from './simulator/event-service.ts'
import { CameraHttpServer } from './simulator/http-server.ts'
import { type Loop, type LoopCodec, readLoop } from './simulator/loop.ts'
import { RtspServer } from './simulator/rtsp-server.ts'

/** Of the shipped loops (scripts/town/make-loops.ts). */
const LOOP_FPS = 15
const LOOP_COUNT = 18
const LOOP_SIZE = { main: { width: 1280, height: 720 }, sub: { width: 640, height: 360 } } as const

export interface TownCamera {
  /** 1 … 65535; part of every address and of the stamp in the pictures. Loops repeat after 18. */
  readonly number: number
  /** `urn:uuid:…`, the device's identity in WS-Discovery. */
  readonly endpoint: string
  readonly name: string
  readonly model?: string
  /** Says `rtsps://` of its streams, default false; the port speaks both either way. */
  readonly secure?: boolean
  /** Of both streams, or of each; default `h264`. `h265` needs loops of that codec in the folder. */
  readonly codec?: LoopCodec | Readonly<Record<StreamKind, LoopCodec>>
  /** Default `either`. */
  readonly auth?: DeviceAuth
  /** How wrong the camera's clock is, default 0. */
  readonly clockOffsetMs?: number
  /** It sends events, with these habits; its digital inputs. */
  readonly events?: EventHabits
  readonly inputs?: readonly string[]
}

export interface CameraTownOptions {
  readonly cameras: readonly TownCamera[]
  /** Folder with NN-main.h264, NN-sub.h264 (or .h265) and NN.jpg; with NN.pcma a camera has a microphone. */
  readonly loopsDir: string
  readonly login: Login
  /** 0 lets the system choose. */
  readonly httpPort: number
  readonly rtspPort: number
  readonly discovery: boolean
  /** Default 3702. */
  readonly discoveryPort?: number
  /** Where everything listens, what the cameras say they are, and where multicast is joined; default 127.0.0.1. */
  readonly address?: string
  readonly clock?: TownClock
  /** Before each camera with events something moves, for some seconds, about so often; absent: nothing does by itself. */
  readonly motionEveryMs?: number
  /** Where the certificate of RTSPS is kept from start to start; absent: a new one each time, as after a reset. */
  readonly certificateFile?: string
}

/** `silent`: no pictures while the session lives; `cut`: RTSP connections end and are refused; `refuse`: every login is wrong. */
export type CameraFault = 'none' | 'silent' | 'cut' | 'refuse'

export interface CameraTown {
  /** Rejects when a port is taken. */
  start(): Promise<{ readonly httpPort: number; readonly rtspPort: number }>
  stop(): Promise<void>
  fault(camera: number, fault: CameraFault): void
  /** Closes or opens the contact at a camera's digital input. */
  input(camera: number, token: string, active: boolean): void
  /** The camera notices something, or that it is over. */
  notice(camera: number, kind: Noticed, active: boolean): void
  /** The event service of a camera that has one. */
  events(camera: number): EventService | undefined
  /** How many ONVIF requests with a login this camera got, right or wrong. */
  loginTries(camera: number): number
}

/** Reads the loops at once; listens from `start` to `stop`. */
export function createCameraTown(options: CameraTownOptions): CameraTown {
  const { login, rtspPort, httpPort } = options
  const address = options.address ?? '127.0.0.1'
  const clock = options.clock ?? systemClock
  const read = new Map<string, Loop>()
  const loops = (file: string): Loop => {
    const loop = read.get(file) ?? readLoop(file)
    read.set(file, loop)
    return loop
  }
  const cameras = new Map(options.cameras.map(camera => [camera.number, simulate(camera, options, clock, loops)]))
  const rtsp = new RtspServer({ address, port: rtspPort, clock, cameras, certificateFile: options.certificateFile })
  const http = new CameraHttpServer({ address, port: httpPort, clock, login, cameras })
  const place = { address, httpPort, rtspPort }
  const responder = new DiscoveryResponder({
    address,
    port: options.discoveryPort ?? DISCOVERY_PORT,
    devices: () =>
      [...cameras.values()].map(camera => ({
        endpoint: camera.endpoint,
        scopes: scopesOf(camera),
        xaddrs: [deviceServiceUrl(camera.number, place)]
      }))
  })
  const deviceTime = ({ clockOffsetMs }: SimulatedCamera) => clock.now() + clockOffsetMs
  const stopMotion = { now: () => {} }
  return {
    async start() {
      place.rtspPort = await rtsp.start()
      place.httpPort = await http.start(place.rtspPort)
      if (options.discovery) await responder.start()
      if (options.motionEveryMs) stopMotion.now = moveAbout([...cameras.values()], clock, options.motionEveryMs)
      return { httpPort: place.httpPort, rtspPort: place.rtspPort }
    },
    async stop() {
      stopMotion.now()
      if (options.discovery) await responder.stop()
      await Promise.all([rtsp.stop(), http.stop()])
    },
    fault(number, fault) {
      const camera = cameras.get(number)
      if (!camera) return
      for (const stream of Object.values(camera.streams)) stream.broadcast.silent = fault === 'silent'
      camera.cut = fault === 'cut'
      camera.rtspDigest.refusesAll = fault === 'refuse'
      camera.httpDigest.refusesAll = fault === 'refuse'
      if (camera.cut) rtsp.disconnect(number)
    },
    input(number, token, active) {
      const camera = cameras.get(number)
      camera?.events?.input(token, active, deviceTime(camera))
    },
    notice(number, kind, active) {
      const camera = cameras.get(number)
      camera?.events?.notice(kind, active, deviceTime(camera))
    },
    events: number => cameras.get(number)?.events,
    loginTries: number => http.loginTries.get(number) ?? 0
  }
}

/** One camera after the other sees something move; each about once in `everyMs`, for a tenth of it. */
function moveAbout(cameras: readonly SimulatedCamera[], clock: TownClock, everyMs: number): () => void {
  const moving = cameras.filter(camera => camera.events)
  const stops = new Map<SimulatedCamera, () => void>()
  const next = (camera: SimulatedCamera, active: boolean, ms: number): void => {
    const change = (): void => {
      camera.events?.notice('motion', active, clock.now() + camera.clockOffsetMs)
      next(camera, !active, active ? everyMs / 10 : everyMs * (0.5 + Math.random()))
    }
    stops.set(camera, clock.after(ms, change))
  }
  for (const camera of moving) next(camera, true, everyMs * Math.random())
  return () => {
    for (const stop of stops.values()) stop()
  }
}

/** `loops` reads a file once: a thousand cameras share eighteen loops. */
function simulate(
  camera: TownCamera,
  options: CameraTownOptions,
  clock: TownClock,
  loops: (file: string) => Loop
): SimulatedCamera {
  const base = join(options.loopsDir, String(((camera.number - 1) % LOOP_COUNT) + 1).padStart(2, '0'))
  const codec = camera.codec ?? 'h264'
  const codecOf = (kind: StreamKind): LoopCodec => (typeof codec === 'string' ? codec : codec[kind])
  const alaw = existsSync(`${base}.pcma`) ? readFileSync(`${base}.pcma`) : undefined
  const stream = (kind: StreamKind): CameraStream => ({
    ...LOOP_SIZE[kind],
    broadcast: new Broadcast(clock, camera.number, loops(`${base}-${kind}.${codecOf(kind)}`), LOOP_FPS, alaw)
  })
  return {
    number: camera.number,
    endpoint: camera.endpoint,
    name: camera.name,
    model: camera.model ?? 'SIM-IPC-720',
    auth: camera.auth ?? 'either',
    secure: camera.secure ?? false,
    clockOffsetMs: camera.clockOffsetMs ?? 0,
    streams: { main: stream('main'), sub: stream('sub') },
    snapshot: readFileSync(`${base}.jpg`),
    rtspDigest: new DigestCheck(options.login, 'pingan-sim', false),
    httpDigest: new DigestCheck(options.login, 'pingan-sim', true),
    ...(camera.events ? { events: new EventService(camera.inputs ?? [], camera.events) } : {}),
    cut: false
  }
}
