/** The shipped loops: small enough for the repository, long enough for the eye, and of the form that the simulator repeats without a seam. */
import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { LOOP_FPS, LOOP_FRAMES } from './loop-encoding.ts'
import { ROOT, readPlan } from './plan.ts'

const run = promisify(execFile)
const FOLDER = join(ROOT, 'config/scenarios/loops')
const MAX_BYTES = 12_000_000
const MAX_PAIR_BYTES = 620_000

const files = readdirSync(FOLDER)
const sizeOf = (file: string): number => statSync(join(FOLDER, file)).size

it('every camera of the plan has its pair of loops and its still, and all together stay in their bound', () => {
  for (const [index] of readPlan().cameras.entries()) {
    const base = String(index + 1).padStart(2, '0')
    expect(files).toEqual(expect.arrayContaining([`${base}-main.h264`, `${base}-sub.h264`, `${base}.jpg`]))
    expect(sizeOf(`${base}-main.h264`) + sizeOf(`${base}-sub.h264`)).toBeLessThan(MAX_PAIR_BYTES)
  }
  expect(files.reduce((sum, file) => sum + sizeOf(file), 0)).toBeLessThan(MAX_BYTES)
})

it('a loop is twelve seconds long, a keyframe every two, no frame out of order', async () => {
  const streams = files.filter(file => /\.h26[45]$/.test(file))
  expect(LOOP_FRAMES / LOOP_FPS).toBeGreaterThanOrEqual(10)
  const check = async (file: string): Promise<void> => {
    const size = file.includes('-main') ? '1280,720' : '640,360'
    const fields = ['-show_entries', 'stream=width,height,has_b_frames:packet=flags', '-of', 'csv=p=0']
    const { stdout, stderr } = await run('ffprobe', ['-v', 'error', ...fields, join(FOLDER, file)])
    const lines = stdout.trim().split('\n')
    expect([file, stderr, lines.at(-1)]).toEqual([file, '', `${size},0`])
    const keys = lines.slice(0, -1).flatMap((flags, index) => (flags.startsWith('K') ? [index] : []))
    expect(lines.length - 1).toBe(LOOP_FRAMES)
    expect(keys).toEqual([0, 30, 60, 90, 120, 150])
  }
  await Promise.all(streams.map(check))
})

it('the sound is as long as the pictures', () => {
  const sounds = files.filter(file => file.endsWith('.pcma'))
  expect(sounds).toHaveLength(1)
  for (const file of sounds) expect(sizeOf(file)).toBe((LOOP_FRAMES / LOOP_FPS) * 8000)
})
