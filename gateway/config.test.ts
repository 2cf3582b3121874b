/** A wrong configuration names every fault at once; a right one comes out complete and frozen. */
import { resolve } from 'node:path'
import { Type } from 'typebox'
import { expect, it } from 'vitest'
import { type LoadOptions, loadConfig, parseConfig } from './config.ts'
import type { AdapterDefinition } from './core/adapter.ts'
import { GatewayError } from './core/errors.ts'
import { DEFAULT_TIMERS } from './core/priority.ts'

function definition(name: string, properties: Parameters<typeof Type.Object>[0]): AdapterDefinition {
  return {
    name,
    config: Type.Object(properties, { additionalProperties: false, default: {} }),
    create: () => {
      throw new Error('not created here')
    }
  }
}

const adapters = [
  definition('mqtt', { port: Type.Integer({ default: 1883, minimum: 0, maximum: 65535 }) }),
  definition('jt808', { enabled: Type.Boolean({ default: false }), port: Type.Integer({ default: 7611 }) })
]

function parse(text: string, options?: LoadOptions) {
  return parseConfig(text, '/etc/pingan/gateway.yaml', adapters, options)
}

function faults(text: string, options?: LoadOptions): readonly string[] {
  try {
    parse(text, options)
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError)
    const { code, detail } = error as GatewayError
    expect(code).toBe('CONFIG_INVALID')
    const list = String(detail.faults).split('\n')
    expect(detail.count).toBe(list.length)
    return list
  }
  return []
}

it('fills in every default, and makes paths absolute', () => {
  const config = parse('')
  expect(config.http.port).toBe(8080)
  expect(config.media).toMatchObject({ preRollMs: 30_000, postRollMs: 60_000, clipCameras: 2 })
  expect(config.incidents.timers).toEqual(DEFAULT_TIMERS)
  expect(config.registry.file).toBe('')
  expect(parse('registry: { file: people.yaml }').registry.file).toBe('/etc/pingan/people.yaml')
  expect(config.storage.dir).toBe(resolve('data'))
  expect(config.media.evidenceDir).toBe(resolve('data/evidence'))
})

it('takes an empty section and an empty key for their defaults', () => {
  expect(parse('media:\nhttp:\n  port:\n')).toEqual(parse(''))
})

it('names every fault at once with line, key, value and what is allowed', () => {
  const text = [
    'site: { code: "Lin Xi" }',
    'http:',
    '  port: 70000',
    '  prot: 81',
    'media:',
    '  preRollStream: both',
    '  clipCameras: 1',
    'storage: here',
    'access: { sessionMs: "12h" }',
    'adapters:',
    '  mqtt: { port: yes }',
    '  mqqt: {}',
    'zebra: 1'
  ].join('\n')
  const list = faults(text)
  expect(list).toEqual(
    expect.arrayContaining([
      'line 1: site.code is "Lin Xi"; allowed: text of 0 to 500 characters matching ^[a-z0-9][a-z0-9-]{0,31}$',
      'line 3: http.port is 70000; allowed: a whole number from 0 to 65535',
      'line 4: http.prot is no setting; did you mean port?',
      'line 6: media.preRollStream is "both"; allowed: one of "main", "sub"',
      'line 7: media.clipCameras is 1; allowed: a whole number from 2 to 16',
      'line 8: storage is "here"; allowed: a section with the keys dir',
      'line 9: access.sessionMs is "12h"; allowed: a whole number from 60000 to 604800000',
      'line 11: adapters.mqtt.port is "yes"; allowed: a whole number from 0 to 65535',
      'line 12: adapters.mqqt is no setting; did you mean mqtt?',
      'line 13: zebra is no setting; the keys here are site, http, media, health, evidence, storage, registry, incidents, dispatch, sources, outwards, feed, access, log, adapters'
    ])
  )
  expect(list).toHaveLength(10)
})

it('names the line of broken YAML and of a key given twice', () => {
  expect(faults('http:\n  port: 1\n  port: 2\n')[0]).toMatch(/^line 3: YAML: Map keys must be unique/)
  expect(faults('http:\n  port: [1\nsite: {}\n').length).toBeGreaterThan(0)
})

it.each(['- a\n', 'site\n', '[]\n'])('a file that holds no settings is no file without changes (%j)', text => {
  expect(faults(text)).toEqual([
    'holds no settings; it wants sections such as site: and http:, as config/gateway.yaml has them'
  ])
})

it('an address of tiles holds no log-in, and its zooms are in order', () => {
  const tiles = (more: string) => faults(`registry:\n  tiles:\n${more}`)
  expect(tiles('    url: https://a:b@t.example.org/{z}/{x}/{y}.png\n')[0]).toContain(
    'line 3: registry.tiles.url has a log-in'
  )
  expect(tiles('    minZoom: 12\n    maxZoom: 9\n')).toEqual([
    'line 3: registry.tiles.minZoom is 12, above maxZoom 9; allowed: 9 at most'
  ])
})

it('finds settings that contradict each other', () => {
  const list = faults(
    [
      'site: { timeZone: Mars/Olympus }',
      'http: { port: 8101, tls: { keyFile: key.pem } }',
      'access: { lockMs: 60000, lockMaxMs: 30000 }',
      'incidents: { timers: { p1: { escalateLeaderMs: 1000 } } }',
      'media: { preRollFrom: disk, recording: { stream: sub }, webrtc: { enabled: true, portTo: 40810, addresses: [a.b] } }'
    ].join('\n')
  )
  expect(list).toEqual([
    'line 1: site.timeZone is "Mars/Olympus"; allowed: an IANA name such as Asia/Shanghai',
    'http.tls.certFile is empty; allowed: both files, or both empty',
    'media.basePort needs port 8101, which http.port has already',
    'line 4: incidents.timers.p1.escalateLeaderMs is 1000; allowed: not before escalateAllMs (15000)',
    'line 3: access.lockMaxMs is 30000; allowed: at least access.lockMs (60000)',
    'media.recording.privateMode is events; allowed with media.preRollFrom disk: continuous',
    'line 5: media.recording.stream is sub; allowed with media.preRollFrom disk: main',
    'line 5: media.webrtc.addresses has "a.b"; allowed: IP addresses',
    'line 5: media.webrtc.portTo is 40810; allowed: at least 40831, for maxViewers'
  ])
})

it('lets no table of classes send volunteers or informants into danger', () => {
  const table = (rows: string) => faults(`dispatch: { bySystem: { ${rows} } }`)
  expect(table('lostOrFallen: { p3: [patrol, volunteer] }')).toEqual([])
  expect(table('violence: { p1: [volunteer] }, unknown: { p2: [patrol, informant] }')).toEqual([
    'line 1: dispatch.bySystem.violence.p1 has volunteer; allowed: police, auxiliary, patrol',
    'line 1: dispatch.bySystem.unknown.p2 has informant; allowed: police, auxiliary, patrol'
  ])
})

it('never repeats what looks like a secret', () => {
  const secret = definition('dc09', { password: Type.String({ default: '', maxLength: 3 }) })
  expect(() => parseConfig('adapters: { dc09: { password: hunter2 } }', 'x.yaml', [secret])).toThrow(
    expect.objectContaining({ detail: expect.objectContaining({ faults: expect.not.stringContaining('hunter2') }) })
  )
})

it('reads a timer of 0 as no timer', () => {
  const { timers } = parse('incidents: { timers: { p1: { autoOfferMs: 0 } } }').incidents
  expect(timers[1]).not.toHaveProperty('autoOfferMs')
  expect(timers[1].escalateAllMs).toBe(15_000)
})

it('gives every protocol `enabled`, and hands it on only where the schema has it', () => {
  const config = parse('adapters: { mqtt: { enabled: false, port: 0 } }')
  expect(config.adapters.mqtt).toEqual({ enabled: false, settings: { port: 0 } })
  expect(config.adapters.jt808).toEqual({ enabled: false, settings: { enabled: false, port: 7611 } })
})

it('lets the command line outrank files, and only file names come from the environment', () => {
  const env = {
    PINGAN_HTTP_TLS_KEYFILE: '/run/key.pem',
    PINGAN_HTTP_TLS_CERTFILE: '/run/cert.pem',
    PINGAN_HTTP_PORT: '1'
  }
  const config = parse('http: { port: 81 }', { overrides: { http: { port: 0 } }, env })
  expect(config.http).toMatchObject({ port: 0, tls: { keyFile: '/run/key.pem', certFile: '/run/cert.pem' } })
  expect(faults('', { overrides: { http: { port: -1 } } })).toEqual([
    'http.port is -1; allowed: a whole number from 0 to 65535'
  ])
})

it('is frozen to the bottom', () => {
  const config = parse('')
  expect(() => Object.assign(config.http.tls, { keyFile: 'x' })).toThrow(TypeError)
})

it('says that a file cannot be read', () => {
  expect(() => loadConfig('/nonexistent/gateway.yaml', adapters)).toThrow(
    expect.objectContaining({ detail: expect.objectContaining({ faults: expect.stringContaining('ENOENT') }) })
  )
})
