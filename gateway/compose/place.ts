/** The place itself, from the files that the configuration names: registry, grid, map, certificate. Their faults are told all at once. */
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { MapInfo } from '../core/wire.ts'
import { checkSigner } from '../evidence/signer.ts'
import { EMPTY_REGISTRY, loadRegistry, type RegistryData } from '../registry/load.ts'
import { loadCertificate } from '../supervise/tls.ts'
import { type Categories, loadCategories } from '../work/categories.ts'
import { loadLayers, mapOf, tilesOf } from './map.ts'
import { createStreets, type Streets } from './streets.ts'

export interface Place {
  readonly data: RegistryData
  readonly map: MapInfo
  readonly categories: Categories
  readonly streets: Streets
}

/** CONFIG_INVALID with the faults of every file. */
export async function loadPlace({ registry, incidents }: Pick<Config, 'registry' | 'incidents'>): Promise<Place> {
  const [data, layers, categories] = await together([
    registry.file === '' ? Promise.resolve(EMPTY_REGISTRY) : loadRegistry(registry.file),
    loadLayers({ streets: registry.streets, ...registry.layers }),
    loadCategories(incidents.categoriesFile)
  ])
  const map = { ...mapOf(layers, data.gridCells, data.site?.center), ...tilesOf(registry.tiles) }
  return { data, map, categories, streets: createStreets(layers.streets) }
}

/** Reads all that a start would read, and makes nothing: no certificate, no folder. Resolves to what is in the registry. */
export async function checkFiles(
  config: Pick<Config, 'registry' | 'incidents' | 'http' | 'storage' | 'evidence'>,
  clock: Clock
): Promise<RegistryData> {
  const { tls } = config.http
  const [{ data }] = await together([
    loadPlace(config),
    checkSigner(config.evidence.signingKeyFile || join(config.storage.dir, 'evidence-key.pem')),
    tls.keyFile === '' ? Promise.resolve() : loadCertificate({ ...tls, dir: config.storage.dir }, clock)
  ])
  return data
}

/** Waits for all; one failure is thrown as it is, several wrong files as one list. */
async function together<T extends readonly unknown[]>(work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(work)
  const failed = settled.flatMap(each => (each.status === 'rejected' ? [each.reason as unknown] : []))
  const unexpected = failed.find(error => !(error instanceof GatewayError && error.code === 'CONFIG_INVALID'))
  if (unexpected !== undefined || failed.length === 1) throw unexpected ?? failed[0]
  const faults = failed.flatMap(error => (error instanceof GatewayError ? faultsOf(error) : []))
  if (faults.length > 0) throw new GatewayError('CONFIG_INVALID', { count: faults.length, faults: faults.join('\n') })
  return settled.map(each => (each.status === 'fulfilled' ? each.value : undefined)) as unknown as T
}

function faultsOf({ detail }: GatewayError): string[] {
  const place = typeof detail.file === 'string' ? `${detail.file}: ` : ''
  return String(detail.faults)
    .split('\n')
    .map(fault => place + fault)
}
