/** Whom an address stands for, where connections and guesses are counted. */

/** The address itself; of IPv6 its /64, since whoever has one has all of that. */
export function networkOf(address: string): string {
  // A socket of both families writes IPv4 as ::ffff:10.0.0.1.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address
  const [left = '', right] = (address.split('%')[0] ?? '').split('::')
  const groups = left === '' ? [] : left.split(':')
  const after = right ? right.split(':') : []
  // An IPv4 address at the end stands for two groups.
  const missing = 8 - groups.length - after.length - (right?.includes('.') ? 1 : 0)
  if (right !== undefined) groups.push(...Array<string>(Math.max(0, missing)).fill('0'), ...after)
  const prefix = groups.slice(0, 4).map(group => Number.parseInt(group, 16).toString(16))
  return `${prefix.join(':')}::/64`
}
