/** Speech of placed calls and menus: pieces in order, breath, pause and end, and one copy of a file for all calls. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { alawToUlaw } from '../kit/g711.ts'
import { Sound, STEP_BYTES } from './voice-sound.ts'

const PAUSE_STEPS = 3
/** After each piece, as voice-sound.ts has it. */
const BREATH = Array.from({ length: 5 }, () => Buffer.alloc(STEP_BYTES, 0xd5))

async function speak(files: readonly string[], repeat: boolean): Promise<{ sound: Sound; told: () => number }> {
  let told = 0
  const order = { repeat, pieces: files.map(file => ({ files: [`${file}.missing`, file], otherwise: [] })) }
  const sound = new Sound(order, PAUSE_STEPS, () => void told++)
  await until('the files are read', () => sound.ready)
  return { sound, told: () => told }
}

function twoFiles(): { files: string[]; steps: Buffer[] } {
  const dir = tempDir()
  const files = ['one.alaw', 'two.alaw'].map(name => join(dir, name))
  const one = Buffer.alloc(2 * STEP_BYTES, 0x11)
  const two = Buffer.alloc(STEP_BYTES / 2, 0x22)
  writeFileSync(files[0] ?? '', one)
  writeFileSync(files[1] ?? '', two)
  const half = Buffer.concat([two, Buffer.alloc(STEP_BYTES / 2, 0xd5)])
  return { files, steps: [one.subarray(0, STEP_BYTES), one.subarray(STEP_BYTES), ...BREATH, half, ...BREATH] }
}

it('speaks the pieces one after the other, each filled up and with a breath, and again after the pause', async () => {
  const { files, steps } = twoFiles()
  const { sound, told } = await speak(files, true)
  const take = () => sound.next('alaw')
  expect(steps.map(take)).toEqual(steps)
  expect(told()).toBe(0)
  expect([take(), take(), take()]).toEqual([undefined, undefined, undefined])
  expect(told()).toBe(1)
  expect(steps.map(take)).toEqual(steps)
  take()
  expect(told()).toBe(1)
})

it('is silent after the end where nothing is repeated, and speaks µ-law to a line that wants it', async () => {
  const { files, steps } = twoFiles()
  const { sound, told } = await speak(files, false)
  expect(steps.map(() => sound.next('ulaw'))).toEqual(steps.map(step => Buffer.from(alawToUlaw(step))))
  expect([sound.next('ulaw'), told()]).toEqual([undefined, 1])
})

it('holds a file once for all calls, in both laws: a thousand calls are a thousand counters', async () => {
  const { files } = twoFiles()
  const [first, second] = [await speak(files, true), await speak(files, false)]
  for (const law of ['alaw', 'ulaw'] as const) {
    const [a, b] = [first.sound.next(law), second.sound.next(law)]
    expect(a).toBeDefined()
    expect([a?.buffer === b?.buffer, a?.byteOffset]).toEqual([true, b?.byteOffset])
  }
})
