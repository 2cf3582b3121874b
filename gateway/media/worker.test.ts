/** Workers live as long as their parent and no longer. */
import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'

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
  const pids = await until('the workers', () => output.endsWith('\n') && output.trim().split(' ').map(Number), 20_000)
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
