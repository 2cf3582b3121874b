/** Simulated ONVIF cameras: one process that speaks WS-Discovery, ONVIF device and media service, RTSP and RTP for a whole town. */
import { join } from 'node:path'
import { Broadcast } from './simulator/broadcast.ts'
import { systemClock, type TownClock } from './simulator/clock.ts'
import { DigestCheck, type Login } from './simulator/digest-check.ts'
import { readLoop } from './simulator/loop.ts'
import { type RtspCamera, RtspServer } from './simulator/rtsp-server.ts'

/** Pictures a second of the shipped loops (make-loops.ts). */
const LOOP_FPS = 15
const LOOP_COUNT = 18

export interface TownCamera {
  /** 1 … 65535; part of every address and of the stamp in the pictures. */
  readonly number: number
  /** `urn:uuid:…`, the device's identity in WS-Discovery. */
  readonly endpoint: string
  readonly name: string
  readonly model?: string
}

export interface CameraTownOptions {
  readonly cameras: readonly TownCamera[]
  /** Folder with NN-main.h264, NN-sub.h264 and NN.jpg. */
  readonly loopsDir: string
  readonly login: Login
  /** 0 lets the system choose. */
  readonly httpPort: number
  readonly rtspPort: number
  readonly discovery: boolean
  readonly discoveryPort?: number
  /** Where everything listens and multicast is joined; default 127.0.0.1. */
  readonly address?: string
  readonly clock?: TownClock
}

/** `silent`: no pictures while the session lives; `cut`: RTSP connections end and are refused; `refuse`: every login is wrong. */
export type CameraFault = 'none' | 'silent' | 'cut' | 'refuse'

export interface CameraTown {
  start(): Promise<{ readonly httpPort: number; readonly rtspPort: number }>
  stop(): Promise<void>
  fault(camera: number, fault: CameraFault): void
}

/** Reads the loops at once; listens from `start` to `stop`. */
export function createCameraTown(options: CameraTownOptions): CameraTown {
  const address = options.address ?? '127.0.0.1'
  const clock = options.clock ?? systemClock
  const cameras = new Map(options.cameras.map(camera => [camera.number, rtspCamera(camera, options, clock)]))
  const rtsp = new RtspServer({ address, port: options.rtspPort, clock, cameras })
  return {
    async start() {
      const rtspPort = await rtsp.start()
      return { httpPort: 0, rtspPort }
    },
    async stop() {
      await rtsp.stop()
    },
    fault(number, fault) {
      const camera = cameras.get(number)
      if (!camera) return
      for (const stream of Object.values(camera.streams)) stream.silent = fault === 'silent'
      camera.cut = fault === 'cut'
      camera.digest.refusesAll = fault === 'refuse'
      if (camera.cut) rtsp.disconnect(number)
    }
  }
}

function rtspCamera(camera: TownCamera, options: CameraTownOptions, clock: TownClock): RtspCamera {
  const file = String(((camera.number - 1) % LOOP_COUNT) + 1).padStart(2, '0')
  const stream = (kind: 'main' | 'sub'): Broadcast =>
    new Broadcast(clock, camera.number, readLoop(join(options.loopsDir, `${file}-${kind}.h264`)), LOOP_FPS)
  return {
    number: camera.number,
    name: camera.name,
    streams: { main: stream('main'), sub: stream('sub') },
    digest: new DigestCheck(options.login, 'pingan-sim', false),
    cut: false
  }
}
