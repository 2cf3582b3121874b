/** sipp, which we did not write, is rung by the adapter, answers, presses keys, is busy, or lets it ring (Debian package sip-tester). */
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { CallRequest } from '../../gateway/core/placed-call.ts'
import { until } from '../../gateway/testing/wait.ts'
import { startAdapter } from './testing.ts'

const PROGRAM = 'sipp'
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function freePort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise<void>(resolve => socket.close(() => resolve()))
  return port
}

/** One sipp that is rung `calls` times; resolves with its exit code. */
async function neighbours(calls: number) {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'sipp-'))
  const scenario = join(import.meta.dirname, 'frames', 'sipp', 'neighbours.xml')
  const where = ['-i', '127.0.0.1', '-mi', '127.0.0.1', '-p', String(port), '-mp', String(await freePort())]
  const args = ['-sf', scenario, ...where, '-m', String(calls), '-timeout', '25', '-timeout_error', '-nostdin']
  const child: ChildProcess = spawn(PROGRAM, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')))
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', error => reject(new Error(`sipp is needed (Debian package sip-tester): ${error.message}`)))
    child.on('close', code => resolve(code === 0 ? 'passed' : `${code}: ${said.slice(-2_000)}`))
  })
  cleanups.push(async () => {
    child.kill()
    await ended
    await rm(folder, { recursive: true })
  })
  await until('sipp listens', () => said.includes('Port') || said.length > 0)
  return { port, ended }
}

async function ring(numbers: readonly string[], ringMs = 25_000) {
  const sipp = await neighbours(numbers.length)
  const trunk = { name: 'exchange', address: '127.0.0.1', port: sipp.port, maxPlaced: 20 }
  const adapter = await startAdapter({ trunks: [trunk] })
  cleanups.push(adapter.stop)
  const told = new Map<string, string[]>()
  for (const number of numbers) {
    const heard: string[] = []
    told.set(number, heard)
    const request: CallRequest = { number, ringMs, speech: { pieces: [{ name: 'help-coming.zh' }], repeat: true } }
    const call = adapter.place(request, {
      ringing: () => heard.push('ringing'),
      answered: () => heard.push('answered'),
      digit: digit => {
        heard.push(digit)
        call.hangUp()
      },
      spoken: () => heard.push('spoken'),
      ended: end => heard.push(end)
    })
  }
  return { ...sipp, told, adapter }
}

describe('sipp is rung', () => {
  it('answers and presses a key, which is heard once; is busy; lets it ring until it is cancelled', async () => {
    const { told, ended, adapter } = await ring(['6650101', '6650102', '6650103', '6650104'], 1_500)
    expect(await ended).toBe('passed')
    expect(told.get('6650101')).toEqual(['ringing', 'answered', '1', 'byUs'])
    expect(told.get('6650102')).toEqual(['ringing', 'answered', '2', 'byUs'])
    expect(told.get('6650103')).toEqual(['busy'])
    expect(told.get('6650104')).toEqual(['ringing', 'noAnswer'])
    expect(adapter.fake.rejections).toEqual([])
  })

  it('fifteen at once, each for itself', async () => {
    const numbers = Array.from({ length: 15 }, (_, i) => `77${i + 10}${1 + (i % 3)}`)
    const { told, ended } = await ring(numbers)
    expect(await ended).toBe('passed')
    expect([...told.values()].map(heard => heard.at(-1)).sort()).toEqual([
      ...Array.from({ length: 5 }, () => 'busy'),
      ...Array.from({ length: 10 }, () => 'byUs')
    ])
  })
})
