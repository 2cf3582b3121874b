/** How wide the columns of a table are. Pure. */

/**
 * By their shares, but none narrower than its least: what those need more, the others give in the measure of what they can spare. Where even
 * the least of all do not fit, all get theirs in proportion.
 */
export function widthsOf(shares: readonly number[], least: readonly number[], width: number): readonly number[] {
  const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0)
  const needed = sum(least)
  if (needed >= width) return least.map(each => (each * width) / needed)
  const wanted = shares.map(share => (share * width) / sum(shares))
  const missing = sum(wanted.map((each, n) => Math.max(0, (least[n] ?? 0) - each)))
  const spare = sum(wanted.map((each, n) => Math.max(0, each - (least[n] ?? 0))))
  return wanted.map((each, n) => {
    const own = least[n] ?? 0
    return each <= own ? own : each - (missing * (each - own)) / spare
  })
}
