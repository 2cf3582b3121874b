/** The XML reader against documents that are too large, too deep, too many, malicious or broken. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../../gateway/testing/cpu.ts'
import { childrenOf, descend, escapeXml, readXml, textAt, XML_LIMITS } from './xml.ts'

const reasonOf = (text: string): string => {
  const result = readXml(text)
  return result.ok ? 'ok' : result.reason
}

/** Documents that fill the size allowed with what costs the reader most. */
const worst = [
  { name: 'namespaces on one element', text: `<a${fill(i => ` xmlns:p${i}="u"`)}/>` },
  { name: 'attributes on one element', text: `<a${fill(i => ` p${i}="u"`)}/>` },
  {
    name: 'elements full of namespaces',
    text: `<a>${fill(i => `<b${fill(j => ` xmlns:p${i}x${j}="u"`, 900)}/>`)}</a>`
  },
  { name: 'elements full of attributes', text: `<a>${fill(i => `<b${fill(j => ` p${i}x${j}=""`, 450)}/>`)}</a>` },
  { name: 'empty elements', text: `<a>${fill(() => '<b/>')}</a>` },
  { name: 'entities', text: `<a>${fill(() => '&#9;')}</a>` },
  { name: 'one long entity', text: `<a>&${fill(() => 'amp')};</a>` },
  { name: 'text in pieces', text: `<a>${fill(() => '<![CDATA[]]>x')}</a>` },
  { name: 'one long name', text: `<${fill(() => 'é')}/>` },
  {
    name: 'prefixes bound far above',
    text: `<a xmlns:p="u">${'<a>'.repeat(61)}${fill(() => '<p:b p:c=""/>')}${'</a>'.repeat(61)}</a>`
  }
]

function fill(piece: (i: number) => string, chars = XML_LIMITS.maxChars - 1000): string {
  const pieces: string[] = []
  for (let length = 0, i = 0; length < chars; i++) {
    const text = piece(i)
    pieces.push(text)
    length += text.length
  }
  return pieces.join('')
}

describe('readXml', () => {
  it('resolves namespaces and joins text, CDATA and entities', () => {
    const result = readXml(
      '\ufeff<a xmlns="urn:1" xmlns:p="urn:2"><p:b p:k="v" l="&quot;"> x &amp; <![CDATA[<y>]]> </p:b><c/><c>2</c></a>'
    )
    expect(result.ok && result.value).toMatchObject({ local: 'a', uri: 'urn:1' })
    const root = result.ok ? result.value : undefined
    const b = descend(root, 'b')
    expect(b).toMatchObject({ uri: 'urn:2', text: 'x & <y>' })
    expect([...(b?.attributes ?? [])]).toEqual([
      ['k', 'v'],
      ['l', '"']
    ])
    expect(childrenOf(root, 'c')).toHaveLength(2)
    expect(textAt(root, 'c')).toBeUndefined()
  })

  it('refuses document types, unknown entities and unbound prefixes', () => {
    expect(reasonOf('<!DOCTYPE a><a/>')).toBe('xmlDtd')
    expect(reasonOf('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')).toBe('xmlDtd')
    expect(reasonOf('<a>&x;</a>')).toBe('xmlMalformed')
    expect(reasonOf('<p:a/>')).toBe('xmlMalformed')
    expect(reasonOf('<a><b></a></b>')).toBe('xmlMalformed')
    expect(reasonOf('<a>')).toBe('xmlMalformed')
    expect(reasonOf('')).toBe('xmlMalformed')
  })

  it('keeps its bounds exactly', () => {
    const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth)
    expect(reasonOf(nested(64))).toBe('ok')
    expect(reasonOf(nested(65))).toBe('xmlTooDeep')
    expect(reasonOf(`<a>${'<b/>'.repeat(XML_LIMITS.maxNodes - 1)}</a>`)).toBe('ok')
    expect(reasonOf(`<a>${'<b/>'.repeat(XML_LIMITS.maxNodes)}</a>`)).toBe('xmlTooManyNodes')
    expect(reasonOf(`<a>${'x'.repeat(XML_LIMITS.maxChars - 7)}</a>`)).toBe('ok')
    expect(reasonOf(`<a>${'x'.repeat(XML_LIMITS.maxChars)}</a>`)).toBe('xmlTooLarge')
  })

  it('counts attributes and namespace declarations as they come', () => {
    const declared = (count: number) => Array.from({ length: count }, (_, i) => ` xmlns:p${i}="u"`).join('')
    expect(reasonOf(`<a${declared(64)}/>`)).toBe('ok')
    expect(reasonOf(`<a${declared(65)}/>`)).toBe('xmlTooManyNodes')
    // Refused before the tag is complete: what would follow is never read.
    expect(reasonOf(`<a${declared(65)} <`)).toBe('xmlTooManyNodes')
    const full = `<b${declared(64)}/>`
    const most = Math.floor((XML_LIMITS.maxNodes - 1) / 65)
    const wide = { ...XML_LIMITS, maxChars: 2_000_000 }
    expect(readXml(`<a>${full.repeat(most)}</a>`, wide).ok).toBe(true)
    expect(readXml(`<a>${full.repeat(most + 1)}</a>`, wide)).toMatchObject({ reason: 'xmlTooManyNodes' })
  })

  it.each(worst)('is done soon with as much as may come of $name', ({ text }) => {
    expect(text.length).toBeGreaterThan(XML_LIMITS.maxChars - 2000)
    const tookMs = cpuMs(() => expect(typeof readXml(text.slice(0, XML_LIMITS.maxChars)).ok).toBe('boolean'))
    // The bound is for a slow machine; a quick one needs a tenth of it at most.
    expect(tookMs).toBeLessThan(2000)
  })

  it('never throws, whatever comes', () => {
    const piece = fc.constantFrom(
      '<a',
      '>',
      '</a>',
      '<!DOCTYPE',
      '<![CDATA[',
      ']]>',
      '&#0;',
      '&#x1F600;',
      'xmlns:p="',
      '"',
      '<?',
      '?>',
      '\0',
      'é'
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), parts => {
        expect(typeof readXml(parts.join('')).ok).toBe('boolean')
      }),
      { numRuns: 2000 }
    )
  })

  it('reads back what escapeXml wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const printable = [...text].filter(c => (c.codePointAt(0) ?? 0) >= 0x20).join('')
        const result = readXml(`<a k="${escapeXml(printable)}"/>`)
        expect(result.ok && result.value.attributes.get('k')).toBe(printable)
      })
    )
  })
})
