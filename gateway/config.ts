/** Reads the configuration: YAML, defaults, every fault at once; what comes out is complete, checked and frozen. */
import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { Default } from 'typebox/value'
import { LineCounter, parseDocument } from 'yaml'
import { type Fault, findFaults, isRecord } from './config/faults.ts'
import { findConflicts } from './config/rules.ts'
import { type BaseSettings, configSchema, declaresEnabled } from './config/schema.ts'
import type { AdapterDefinition } from './core/adapter.ts'
import { GatewayError } from './core/errors.ts'
import { fileText } from './core/file-text.ts'
import type { Priority, PriorityTimers } from './core/priority.ts'

type DeepReadonly<T> = T extends readonly (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T

/** The configuration as rooms get it: paths absolute, timers as the incident room wants them, durations in ms. */
export interface Config extends DeepReadonly<Omit<BaseSettings, 'incidents'>> {
  readonly incidents: DeepReadonly<Omit<BaseSettings['incidents'], 'timers'>> & {
    readonly timers: Readonly<Record<Priority, PriorityTimers>>
  }
  /** By the adapter's name; `settings` is what its schema accepted. */
  readonly adapters: Readonly<Record<string, { readonly enabled: boolean; readonly settings: unknown }>>
}

export interface LoadOptions {
  /** Settings that outrank the file, in its shape, e.g. from the command line: `{http: {port: 9090}}`. */
  readonly overrides?: object
  /** Only settings that name a file can come from here: `PINGAN_HTTP_TLS_KEYFILE` for `http.tls.keyFile`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Bytes; a larger file is no configuration. */
const MAX_BYTES = 1_048_576

/**
 * The configuration of a file. Throws CONFIG_INVALID whose `detail` holds `file`, `count` and `faults`, one per line, with the line of
 * the file where there is one.
 */
export function loadConfig(path: string, adapters: readonly AdapterDefinition[], options: LoadOptions = {}): Config {
  const file = resolve(path)
  let text: string
  try {
    text = fileText(readFileSync(file))
  } catch (error) {
    throw invalid(file, [`cannot be read: ${error instanceof Error ? error.message : String(error)}`])
  }
  return parseConfig(text, file, adapters, options)
}

/** The same from text; `file` places relative paths and is named in errors. */
export function parseConfig(
  text: string,
  file: string,
  adapters: readonly AdapterDefinition[],
  options: LoadOptions = {}
): Config {
  if (Buffer.byteLength(text) > MAX_BYTES) throw invalid(file, [`is larger than ${MAX_BYTES} bytes`])
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0) {
    throw invalid(
      file,
      document.errors.map(error => `line ${lines.linePos(error.pos[0]).line}: YAML: ${error.message}`)
    )
  }
  const sections: unknown = document.toJS() ?? {}
  if (!isRecord(sections))
    throw invalid(file, [
      'holds no settings; it wants sections such as site: and http:, as config/gateway.yaml has them'
    ])
  const schema = configSchema(adapters)
  const given = [fromEnvironment(schema, options.env ?? {}), options.overrides ?? {}].reduce(
    merged,
    withoutEmpty(sections)
  )
  const value = Default(schema, given)
  const single = findFaults(schema, value)
  const faults = single.length > 0 ? single : findConflicts(value as BaseSettings)
  if (faults.length > 0) {
    throw invalid(
      file,
      faults.map(fault => `${lineOf(document, lines, fault)}${fault.text}`)
    )
  }
  return deepFreeze(
    finished(value as BaseSettings & { adapters: Record<string, Record<string, unknown>> }, file, adapters)
  )
}

function invalid(file: string, faults: readonly string[]): GatewayError {
  return new GatewayError('CONFIG_INVALID', { file, count: faults.length, faults: faults.join('\n') })
}

function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, fault: Fault): string {
  // A list's index is a number in YAML's eyes.
  const path = fault.path.map(key => (/^\d+$/.test(key) ? Number(key) : key))
  const node = document.getIn(path, true) as { range?: readonly [number, number, number] } | undefined
  return node?.range === undefined ? '' : `line ${lines.linePos(node.range[0]).line}: `
}

/** `over` wins, key by key. */
function merged(under: unknown, over: unknown): unknown {
  if (!isRecord(under) || !isRecord(over)) return over ?? under
  return Object.fromEntries(
    [...new Set([...Object.keys(under), ...Object.keys(over)])].map(key => [key, merged(under[key], over[key])])
  )
}

/** A key without a value, which YAML reads as null, stands for its default. */
function withoutEmpty(value: unknown): unknown {
  if (!isRecord(value)) return value
  const kept = Object.entries(value).filter(([, each]) => each !== null && each !== undefined)
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutEmpty(each)]))
}

/** Settings whose key ends in `File`, taken from variables named after their path. No other setting and no secret comes this way. */
function fromEnvironment(
  schema: object,
  env: LoadOptions['env'] & object,
  path: readonly string[] = []
): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [key, property] of Object.entries((schema as { properties?: Record<string, object> }).properties ?? {})) {
    const here = [...path, key]
    const nested = fromEnvironment(property, env, here)
    const value = key.endsWith('File') ? env[`PINGAN_${here.join('_').toUpperCase()}`] : undefined
    if (value !== undefined) out[key] = value
    else if (Object.keys(nested).length > 0) out[key] = nested
  }
  return out
}

function finished(
  value: BaseSettings & { adapters: Record<string, Record<string, unknown>> },
  file: string,
  definitions: readonly AdapterDefinition[]
): Config {
  const beside = (path: string) => (path === '' ? '' : resolve(dirname(file), path))
  const storageDir = resolve(value.storage.dir)
  const { layers } = value.registry
  return {
    ...value,
    http: {
      ...value.http,
      tls: { keyFile: beside(value.http.tls.keyFile), certFile: beside(value.http.tls.certFile) }
    },
    media: {
      ...value.media,
      evidenceDir: isAbsolute(value.media.evidenceDir)
        ? value.media.evidenceDir
        : join(storageDir, value.media.evidenceDir),
      recording: { ...value.media.recording, dir: resolve(storageDir, value.media.recording.dir) }
    },
    storage: { dir: storageDir },
    registry: {
      file: beside(value.registry.file),
      streets: beside(value.registry.streets),
      layers: { buildings: beside(layers.buildings), water: beside(layers.water), parks: beside(layers.parks) },
      tiles: value.registry.tiles
    },
    incidents: {
      ...value.incidents,
      categoriesFile: beside(value.incidents.categoriesFile),
      timers: timersOf(value.incidents.timers)
    },
    adapters: Object.fromEntries(
      definitions.map(definition => [definition.name, adapterOf(value.adapters[definition.name] ?? {}, definition)])
    )
  }
}

function adapterOf(
  section: Readonly<Record<string, unknown>>,
  definition: AdapterDefinition
): Config['adapters'][string] {
  const { enabled, ...rest } = section
  return { enabled: enabled === true, settings: declaresEnabled(definition) ? section : rest }
}

function timersOf(timers: BaseSettings['incidents']['timers']): Readonly<Record<Priority, PriorityTimers>> {
  const of = (file: BaseSettings['incidents']['timers']['p1']): PriorityTimers => {
    const kept = Object.entries(file).filter(([, ms]) => ms > 0)
    return { acknowledgeTargetMs: file.acknowledgeTargetMs, acceptMs: file.acceptMs, ...Object.fromEntries(kept) }
  }
  return { 1: of(timers.p1), 2: of(timers.p2), 3: of(timers.p3), 4: of(timers.p4), 5: of(timers.p5) }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const each of Object.values(value)) deepFreeze(each)
  }
  return value
}
