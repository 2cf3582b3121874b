/** What check-config and the start warn of: no fault, and the gateway runs, but hardly as was meant. */
import type { Config } from '../config.ts'
import type { RegistryData } from '../registry/load.ts'

/** Kinds of source whose id begins with the code of a site. */
const OF_SITE = /^(mqtt|webhook):([^/]+)\//
const SAME = ['code', 'name', 'centre', 'timeZone'] as const

export function configWarnings(
  { site, registry }: Pick<Config, 'site' | 'registry'>,
  data: Pick<RegistryData, 'site' | 'sources'>
): string[] {
  return [
    ...twoSites(site, data.site),
    ...otherSites(site.code, data.sources),
    ...nobody(registry.file, data.sources),
    ...noStreets(registry.streets)
  ]
}

/** Of the registry's site only the centre of the map is read. */
function twoSites(site: Config['site'], other: RegistryData['site']): string[] {
  if (!other) return []
  return SAME.filter(key => site[key] !== other[key]).map(
    key =>
      `site.${key} is ${site[key]} in the configuration and ${other[key]} in the registry; the configuration's counts`
  )
}

/** A box of another code is served, if it really comes by that name. */
function otherSites(code: string, sources: RegistryData['sources']): string[] {
  const found = new Map<string, { readonly first: string; count: number }>()
  for (const { id } of sources) {
    const [begin, , other] = OF_SITE.exec(id) ?? []
    if (begin === undefined || other === code) continue
    const kind = found.get(begin)
    if (kind) kind.count += 1
    else found.set(begin, { first: id, count: 1 })
  }
  return [...found].map(
    ([begin, { first, count }]) =>
      `sources: ${count} begin with ${begin} (${first}), and site.code is ${code}; they are known only under that name: what comes as ${begin.split(':')[0]}:${code}/… is an unregistered sender`
  )
}

function nobody(file: string, sources: RegistryData['sources']): string[] {
  if (sources.length > 0) return []
  const why = file === '' ? 'registry.file names no registry' : 'the registry lists no sources'
  return [
    `${why}: nobody is known but who is entered on the page /manage; every other press comes from an unregistered sender, without name and address`
  ]
}

function noStreets(file: string): string[] {
  if (file !== '') return []
  return [
    'registry.streets names no file: the map has no streets, and who is nearest is reckoned by straight line × 1.4, across rivers too'
  ]
}
