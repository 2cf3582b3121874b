/** What work costs, where a clock on the wall would count who else runs on the machine. */

/** Processor time of this process for a piece of work that waits for nothing, ms. */
export function cpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
