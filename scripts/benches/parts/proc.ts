/** What a process has cost so far, read from /proc: benches measure other processes, never themselves. */
import { readFileSync } from 'node:fs'

/** User and system time in ms (proc(5): fields 14 and 15, 100 ticks a second); 0 for a process that is gone. */
export function cpuMs(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10
}

/** Resident memory in MB. */
export function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024
}

/** CPU of several processes while `run` works, % of one core. */
export async function cpuPercent(pids: readonly number[], run: () => Promise<unknown>): Promise<number> {
  const total = (): number => pids.reduce((sum, pid) => sum + cpuMs(pid), 0)
  const before = total()
  const startMs = performance.now()
  await run()
  return ((total() - before) / (performance.now() - startMs)) * 100
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
