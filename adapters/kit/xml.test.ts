/** The XML reader against documents that are too large, too deep, too many, malicious or broken. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { childrenOf, descend, escapeXml, readXml, textAt, XML_LIMITS } from './xml.ts'

const reasonOf = (text: string): string => {
  const result = readXml(text)
  return result.ok ? 'ok' : result.reason
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
