/** What a test adds to the configuration of a test gateway. */

type Adapters = Readonly<Record<string, object>>

/** Over the top level; of an adapter over what it has, so that no default port is taken by omission; one that is named is on. */
export interface MoreConfig {
  readonly adapters?: Adapters
  readonly [key: string]: unknown
}

export function withOwn(adapters: Adapters, more: MoreConfig = {}): Adapters {
  const own = more.adapters ?? {}
  const merged = Object.entries(adapters).map(([name, each]) => [
    name,
    own[name] ? { ...each, enabled: true, ...own[name] } : each
  ])
  return { ...own, ...Object.fromEntries(merged) }
}
