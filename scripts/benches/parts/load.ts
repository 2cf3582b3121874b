/** The cameras of a video bench: loops of 25 fps made by ffmpeg, 720p with 2 Mbit/s and 360p with 0.5, played by a process of its own. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type CameraId, id } from '../../../gateway/core/brand.ts'
import type { MediaCamera } from '../../../gateway/core/media.ts'

export const FPS = 25

export interface LoadCameras {
  readonly pid: number
  url(camera: number): string
  /** Frames written so far, and those a slow reader lost. */
  counts(): Promise<{ readonly sentFrames: number; readonly droppedFrames: number }>
  stop(): void
}

/** `dir` takes the loop. */
export async function startLoadCameras(dir: string): Promise<LoadCameras> {
  const loops = ['main.h264', 'sub.h264'].map(name => join(dir, name))
  encodeLoop(loops[0] ?? '', '1280x720', '2M')
  encodeLoop(loops[1] ?? '', '640x360', '500k')
  const child: ChildProcess = fork(join(import.meta.dirname, 'load-cameras.ts'), loops)
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the cameras of the bench ended with ${code}`)
  })
  ended.catch(() => undefined)
  const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }]
  return {
    pid: child.pid ?? 0,
    url: camera => `rtsp://127.0.0.1:${port}/camera/${camera}`,
    async counts() {
      child.send('counts')
      const [counts] = (await once(child, 'message')) as [{ sentFrames: number; droppedFrames: number }]
      return counts
    },
    stop: () => child.disconnect()
  }
}

/** Camera rows of the plane for the first `count` cameras. */
export function rows(cameras: LoadCameras, count: number, more: Partial<MediaCamera> = {}): MediaCamera[] {
  return Array.from({ length: count }, (_, n) => ({
    cameraId: id<CameraId>(`load-${n + 1}`),
    name: `load ${n + 1}`,
    mainUrl: cameras.url(n + 1),
    subUrl: `${cameras.url(n + 1)}/sub`,
    preRollStream: 'main',
    ...more
  }))
}

/** Noise that moves keeps the encoder at its full rate; one slice a picture, a keyframe every two seconds, no reordering. */
function encodeLoop(file: string, size: string, bits: string): void {
  const x264 = `keyint=${FPS * 2}:min-keyint=${FPS * 2}:scenecut=0:bframes=0:sliced-threads=0:nal-hrd=cbr:filler=0`
  const args = ['-hide_banner', '-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${FPS}`]
  const rate = ['-b:v', bits, '-minrate', bits, '-maxrate', bits, '-bufsize', bits]
  const code = ['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-x264-params', x264, ...rate]
  execFileSync('ffmpeg', [...args, '-t', '10', '-vf', 'noise=alls=12:allf=t', ...code, '-f', 'h264', file])
}
