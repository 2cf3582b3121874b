/** Work that only one process does at a time, and what one that died has left. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { alone } from './alone.ts'

const dir = tempDir('alone')
const ALONE = pathToFileURL(join(import.meta.dirname, 'alone.ts')).href

it('of four processes at once each does its work by itself', async () => {
  const lock = join(dir, 'lock')
  const story = join(dir, 'story')
  const work = `
    import { appendFileSync } from 'node:fs'
    import { alone } from '${ALONE}'
    alone('${lock}', () => {
      for (const step of 'abc') {
        appendFileSync('${story}', process.pid + step + '\\n')
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
      }
    })`
  const workers = Array.from({ length: 4 }, () => spawn(process.execPath, ['--input-type=module', '-e', work]))
  const ended = await Promise.all(workers.map(worker => once(worker, 'exit')))
  expect(ended.map(([code]) => code)).toEqual([0, 0, 0, 0])
  const told = readFileSync(story, 'utf8').trim().split('\n')
  const pids = told.filter(line => line.endsWith('a')).map(line => line.slice(0, -1))
  expect(new Set(pids).size).toBe(4)
  expect(told).toEqual(pids.flatMap(pid => [`${pid}a`, `${pid}b`, `${pid}c`]))
  expect(existsSync(lock)).toBe(false)
})

it('what a process that died has left is taken over, and work that throws leaves nothing', () => {
  const lock = join(dir, 'left')
  writeFileSync(lock, String(spawnSync(process.execPath, ['-e', '']).pid))
  expect(alone(lock, () => 7)).toBe(7)
  expect(() =>
    alone(lock, () => {
      throw new Error('refused')
    })
  ).toThrow('refused')
  expect(existsSync(lock)).toBe(false)
})
