/** Reads one XML document from the network into a small tree: namespaces resolved, size, depth and number of nodes bounded, no DTD. */
import { SaxesParser } from 'saxes'
import type { Decoded } from '../../gateway/core/frames.ts'

/** An element; `local` without prefix, `uri` its namespace (empty if none), attributes by local name. */
export interface XmlElement {
  readonly local: string
  readonly uri: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Own text and CDATA without that of children, trimmed. */
  readonly text: string
}

export type XmlReason = 'xmlTooLarge' | 'xmlTooDeep' | 'xmlTooManyNodes' | 'xmlDtd' | 'xmlMalformed'

export interface XmlLimits {
  /** Characters of the document. */
  readonly maxChars: number
  readonly maxDepth: number
  /** Elements and attributes together, namespace declarations included: a tree costs far more memory than its text. */
  readonly maxNodes: number
  /** Attributes of one element, namespace declarations included. */
  readonly maxAttributes: number
}

export const XML_LIMITS: XmlLimits = { maxChars: 512 * 1024, maxDepth: 64, maxNodes: 30_000, maxAttributes: 64 }

interface OpenElement {
  readonly local: string
  readonly uri: string
  readonly attributes: Map<string, string>
  readonly children: XmlElement[]
  text: string
}

class Refused extends Error {
  readonly reason: XmlReason

  constructor(reason: XmlReason) {
    super(reason)
    this.reason = reason
  }
}

/** The root element. Only the five entities of XML itself are known; never throws. */
export function readXml(text: string, limits: XmlLimits = XML_LIMITS): Decoded<XmlElement, XmlReason> {
  if (text.length > limits.maxChars) return { ok: false, reason: 'xmlTooLarge' }
  try {
    return { ok: true, value: parse(text, limits) }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.reason }
    return { ok: false, reason: 'xmlMalformed', detail: String(error).slice(0, 200) }
  }
}

function parse(text: string, limits: XmlLimits): XmlElement {
  // Without an error handler saxes throws at the first fault, which is what we want.
  const parser = new SaxesParser({ xmlns: true, position: false })
  const open: OpenElement[] = []
  let nodes = 0
  let ownAttributes = 0
  let root: XmlElement | undefined
  parser.on('doctype', () => {
    throw new Refused('xmlDtd')
  })
  const count = (): void => {
    nodes++
    if (nodes > limits.maxNodes) throw new Refused('xmlTooManyNodes')
  }
  // Counted as they are read: at `opentag` saxes has already built them all, and that alone can take seconds.
  parser.on('opentagstart', () => {
    count()
    ownAttributes = 0
    if (open.length >= limits.maxDepth) throw new Refused('xmlTooDeep')
  })
  parser.on('attribute', () => {
    count()
    if (++ownAttributes > limits.maxAttributes) throw new Refused('xmlTooManyNodes')
  })
  parser.on('opentag', tag => {
    const attributes = new Map<string, string>()
    for (const attribute of Object.values(tag.attributes)) {
      if (attribute.prefix !== 'xmlns' && attribute.name !== 'xmlns') attributes.set(attribute.local, attribute.value)
    }
    const element: OpenElement = { local: tag.local, uri: tag.uri, attributes, children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  const addText = (piece: string): void => {
    const element = open.at(-1)
    if (element) element.text += piece
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const element = open.pop()
    if (element) element.text = element.text.trim()
    if (open.length === 0) root = element
  })
  parser.write(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).close()
  if (!root) throw new Refused('xmlMalformed')
  return root
}

/** The first child with this local name, in whatever namespace: devices mix them up. */
export function child(element: XmlElement | undefined, local: string): XmlElement | undefined {
  return element?.children.find(c => c.local === local)
}

export function childrenOf(element: XmlElement | undefined, local: string): readonly XmlElement[] {
  return element?.children.filter(c => c.local === local) ?? []
}

/** Follows local names downwards, taking the first of each. */
export function descend(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce(child, element)
}

/** Text of the element at the end of a path; undefined when it is missing or empty. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  return descend(element, ...path)?.text || undefined
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;'
}

/** Text for an element or a quoted attribute; characters that XML 1.0 forbids are left out. */
export function escapeXml(text: string): string {
  const allowed = [...text].filter(c => (c.codePointAt(0) ?? 0) >= 0x20 || c === '\t' || c === '\n' || c === '\r')
  return allowed.join('').replace(/[&<>"']/g, c => ESCAPES[c] ?? '')
}
