/** Workers live as long as their parent and no longer, and each has tickets of its own. */
import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { type CameraId, id, type UserId } from '../core/brand.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'
import { watchLive } from './testing/live-client.ts'
import { startPlane } from './testing/plane.ts'

const PARENT = `
  const { startPlane } = await import(process.argv[1])
  const plane = await startPlane(process.argv[2], { workers: 2 })
  console.log(plane.workers().map(worker => worker.pid).join(' '))
  setInterval(() => undefined, 1000)
`

it('ends when the gateway is killed', async () => {
  const helper = new URL('./testing/plane.ts', import.meta.url).href
  const args = ['--input-type=module', '-e', PARENT, helper, tempDir('orphans')]
  const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  parent.stdout.on('data', chunk => {
    output += chunk
  })
  const pids = await until('the workers', () => output.endsWith('\n') && output.trim().split(' ').map(Number))
  expect(pids).toHaveLength(2)
  expect(pids.every(isAlive)).toBe(true)
  parent.kill('SIGKILL')
  await until('no worker is left', () => !pids.some(isAlive))
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

it('opens nothing with a ticket that was given for another worker', async () => {
  const plane = await startPlane(tempDir('tickets'), { workers: 2 })
  try {
    const range = { cameraId: id<CameraId>('c1'), stream: 'main', fromMs: 1000, toMs: 2000 } as const
    const [mine, other] = [1, 2].map(() => plane.playTicket(range, id<UserId>('u-1')))
    if (!mine || !other) throw new Error('no tickets')
    expect(mine.port).not.toBe(other.port)
    const stranger = watchLive({ ...mine, port: other.port })
    await until('it is refused', () => stranger.closeCode() === 4403)
    const client = watchLive(mine)
    await until('it is open', () => client.texts[0]?.type === 'hello')
    client.close()
  } finally {
    await plane.stop()
  }
})
