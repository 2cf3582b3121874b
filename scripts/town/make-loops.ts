/**
 * Draws and encodes the loops of the simulated cameras again: `node scripts/town/make-loops.ts [folder] [number …]`, default
 * config/scenarios/loops and all cameras of the plan. Needs ffmpeg with libx264 and libx265; takes some minutes of one core.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ffmpegArguments, LOOP_FPS, LOOP_FRAMES, type LoopKind } from './loop-encoding.ts'
import { streetSound } from './loop-sound.ts'
import { CAMERAS_WITH_SOUND } from './people.ts'
import { crowdOf } from './picture/crowd.ts'
import { Film } from './picture/film.ts'
import { sceneOf } from './picture/scene.ts'
import { drawStill } from './picture/still.ts'
import { trafficOf } from './picture/traffic.ts'
import { type PlannedCamera, ROOT, readPlan } from './plan.ts'

const WIDTH = 1280
const HEIGHT = 720
const LOOP_S = LOOP_FRAMES / LOOP_FPS
/** One camera can speak H.265 too. */
const BOTH_CODECS: ReadonlySet<string> = new Set(['工业路口'])

const plan = readPlan()

async function makeLoop(base: string, camera: PlannedCamera, number: number): Promise<void> {
  const kinds: readonly LoopKind[] = BOTH_CODECS.has(camera.name) ? ['h264', 'h265'] : ['h264']
  const size = { width: WIDTH, height: HEIGHT }
  const ffmpeg = spawn('ffmpeg', ffmpegArguments(base, kinds, size), { stdio: ['pipe', 'inherit', 'inherit'] })
  const ended = once(ffmpeg, 'exit')
  const scene = sceneOf(plan, camera, WIDTH, HEIGHT)
  const still = drawStill(scene)
  const traffic = trafficOf(scene, LOOP_S)
  const crowd = crowdOf(still, LOOP_S, number)
  const film = new Film(scene, still, traffic.standing, number)
  for (let n = 0; n < LOOP_FRAMES; n++) {
    const phase = n / LOOP_FRAMES
    const picture = Buffer.from(film.picture([...traffic.moving(phase), ...crowd(phase)]))
    if (!ffmpeg.stdin.write(picture)) await once(ffmpeg.stdin, 'drain')
  }
  ffmpeg.stdin.end()
  const [status] = await ended
  if (status !== 0) throw new Error(`ffmpeg ended with status ${status} for camera ${number}`)
  if (CAMERAS_WITH_SOUND.has(camera.name)) writeFileSync(`${base}.pcma`, streetSound(LOOP_S))
}

const [folder = join(ROOT, 'config/scenarios/loops'), ...chosen] = process.argv.slice(2)
for (const [index, camera] of plan.cameras.entries()) {
  const number = index + 1
  if (chosen.length > 0 && !chosen.includes(String(number))) continue
  const startedMs = performance.now()
  await makeLoop(join(folder, String(number).padStart(2, '0')), camera, number)
  process.stdout.write(`${number} ${camera.name}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`)
}
