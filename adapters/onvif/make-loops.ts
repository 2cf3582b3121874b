/**
 * Makes the loops of the simulated cameras again: `node adapters/onvif/make-loops.ts [folder]`, default config/scenarios/loops.
 * Needs ffmpeg with libx264 and a Chinese font (Noto Sans CJK, else the first that fc-list names); reads cameras.json in that folder.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Street } from './simulator/street.ts'

const WIDTH = 1280
const HEIGHT = 720
const FPS = 15
const GOP_FRAMES = 2 * FPS
/** An even number of GOPs: idr_pic_id alternates, and must differ across the seam too (H.264 7.4.3). */
const FRAMES = 6 * GOP_FRAMES

interface Camera {
  readonly number: number
  readonly name: string
  readonly infrared: boolean
}

function x264(maxKbps: number, crf: number): string[] {
  const params = `keyint=${GOP_FRAMES}:min-keyint=${GOP_FRAMES}:scenecut=0:bframes=0:repeat-headers=1:sliced-threads=0:slices=1`
  return [
    ...['-c:v', 'libx264', '-profile:v', 'main', '-preset', 'veryslow', '-pix_fmt', 'yuv420p', '-crf', String(crf)],
    ...['-maxrate', `${maxKbps}k`, '-bufsize', `${maxKbps}k`, '-x264-params', params],
    // The encoder's own SEI goes; the simulator puts its stamp in that place.
    ...['-bsf:v', 'filter_units=remove_types=6', '-f', 'h264']
  ]
}

function ffmpegArguments(folder: string, camera: Camera, font: string, nameFile: string): string[] {
  const base = join(folder, String(camera.number).padStart(2, '0'))
  // Top middle: the console's own captions stand in the corners.
  const label = `fontfile=${font}:textfile=${nameFile}:fontsize=40:fontcolor=white:x=(w-text_w)/2:y=92:box=1:boxcolor=0x10141c:boxborderw=12`
  const graph = `[0:v]drawtext=${label},split=3[a][b][c];[b]scale=384:216:flags=area[sub];[c]select=eq(n\\,40)[still]`
  return [
    ...[
      '-v',
      'error',
      '-y',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      '-s',
      `${WIDTH}x${HEIGHT}`,
      '-r',
      String(FPS),
      '-i',
      '-'
    ],
    ...['-filter_complex', graph],
    ...['-map', '[a]', ...x264(390, 27), `${base}-main.h264`],
    ...['-map', '[sub]', ...x264(110, 27), `${base}-sub.h264`],
    ...['-map', '[still]', '-frames:v', '1', '-q:v', '7', '-f', 'image2', '-update', '1', `${base}.jpg`]
  ]
}

async function makeLoop(folder: string, camera: Camera, font: string, nameFile: string): Promise<void> {
  writeFileSync(nameFile, camera.name)
  const ffmpeg = spawn('ffmpeg', ffmpegArguments(folder, camera, font, nameFile), {
    stdio: ['pipe', 'inherit', 'inherit']
  })
  const ended = once(ffmpeg, 'exit')
  const water = /[桥河]/.test(camera.name)
  const street = new Street(WIDTH, HEIGHT, { seed: camera.number, infrared: camera.infrared, water })
  for (let n = 0; n < FRAMES; n++) {
    const picture = Buffer.from(street.frame(n / FRAMES))
    if (!ffmpeg.stdin.write(picture)) await once(ffmpeg.stdin, 'drain')
  }
  ffmpeg.stdin.end()
  const [status] = await ended
  if (status !== 0) throw new Error(`ffmpeg ended with status ${status} for camera ${camera.number}`)
}

const folder = process.argv[2] ?? fileURLToPath(new URL('../../config/scenarios/loops', import.meta.url))
const cameras: readonly Camera[] = JSON.parse(readFileSync(join(folder, 'cameras.json'), 'utf8'))
// Noto has every sign of the names; the first Chinese font that happens to be there may lack the middle dot.
const fonts = execFileSync('fc-list', ['-f', '%{file}\n', ':lang=zh'], { encoding: 'utf8' }).split('\n')
const font = fonts.find(file => file.includes('NotoSansCJK-Regular')) ?? fonts[0]
if (!font) throw new Error('no Chinese font is installed: apt-get install fonts-noto-cjk or fonts-droid-fallback')
process.stdout.write(`font: ${font}\n`)
const scratch = mkdtempSync(join(tmpdir(), 'loops-'))
try {
  for (const camera of cameras) {
    await makeLoop(folder, camera, font, join(scratch, 'name.txt'))
    process.stdout.write(`${camera.number} ${camera.name}\n`)
  }
} finally {
  rmSync(scratch, { recursive: true })
}
