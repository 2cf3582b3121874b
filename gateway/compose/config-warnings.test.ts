/** check-config warns of what starts but is hardly meant. */
import { expect, it } from 'vitest'
import { id, type SourceId } from '../core/brand.ts'
import type { SourceRow } from '../core/unit.ts'
import { SMALL_TOWN } from '../testing/run-gateway.ts'
import { configWarnings } from './config-warnings.ts'

const SITE = { ...SMALL_TOWN.site, seats: 8 }
const registry = { file: 'registry.yaml', streets: 'streets.geojson' } as Parameters<
  typeof configWarnings
>[0]['registry']
const sources = (...ids: string[]) => ids.map(each => ({ id: id<SourceId>(each) }) as SourceRow)
const own = `mqtt:${SITE.code}/box-01`

it('is silent where both files name one site and the sources are of it', () => {
  expect(configWarnings({ site: SITE, registry }, { site: SMALL_TOWN.site, sources: sources(own, 'sip:1') })).toEqual(
    []
  )
})

it('names both sites, and the one that counts', () => {
  const site = { ...SITE, code: 'shanqian', name: '山前县' }
  const said = configWarnings({ site, registry }, { site: SMALL_TOWN.site, sources: sources('sip:1') })
  expect(said).toEqual([
    `site.code is shanqian in the configuration and ${SITE.code} in the registry; the configuration's counts`,
    `site.name is 山前县 in the configuration and ${SITE.name} in the registry; the configuration's counts`
  ])
})

it('counts the sources of another code, once for each protocol', () => {
  const listed = sources(own, 'mqtt:other/a', 'mqtt:other/b', 'webhook:other/c', 'dc09:1021')
  const said = configWarnings({ site: SITE, registry }, { sources: listed })
  expect(said).toHaveLength(2)
  expect(said[0]).toMatch(/^sources: 2 begin with mqtt:other\/ \(mqtt:other\/a\), and site\.code is /)
  expect(said[1]).toMatch(/^sources: 1 begin with webhook:other\//)
})

it('says that nobody is known where no source is listed, or no registry named', () => {
  expect(configWarnings({ site: SITE, registry }, { sources: [] })).toEqual([
    expect.stringMatching(/^the registry lists no sources: nobody is known/)
  ])
  expect(configWarnings({ site: SITE, registry: { ...registry, file: '' } }, { sources: [] })).toEqual([
    expect.stringMatching(/^registry\.file names no registry: nobody is known/)
  ])
})

it('says what is missing without streets', () => {
  const said = configWarnings({ site: SITE, registry: { ...registry, streets: '' } }, { sources: sources('sip:1') })
  expect(said).toEqual([expect.stringMatching(/^registry\.streets names no file: the map has no streets/)])
})
