/** A PDF 1.7 file of pages with text and lines: fonts embedded as subsets, text that can be searched and copied. Source: ISO 32000-1. Pure. */
import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import type { Face } from './face.ts'
import { ASCENT, DESCENT, trueTypeOf, UNITS_PER_EM } from './truetype.ts'

export interface Page {
  readonly width: number
  readonly height: number
  /** Operators of the content stream; fonts are named /F0, /F1 in the order of the faces. */
  readonly content: string
}

export interface About {
  readonly title: string
  readonly language: string
  readonly atMs: number
}

/** Characters of one block of a ToUnicode map, at most. */
const MAP_BLOCK = 100

export function pdfOf(pages: readonly Page[], faces: readonly Face[], about: About): Buffer {
  const objects: Buffer[] = []
  const add = (body: string | Buffer): number =>
    objects.push(Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1'))
  const stream = (bytes: Buffer, more = ''): number => {
    const packed = deflateSync(bytes)
    const head = `<< /Length ${packed.length} /Filter /FlateDecode${more} >>\nstream\n`
    return add(Buffer.concat([Buffer.from(head, 'latin1'), packed, Buffer.from('\nendstream', 'latin1')]))
  }
  const catalog = add('')
  const tree = add('')
  const info = add(
    `<< /Title ${textOf(about.title)} /Producer (pingan-gateway) /CreationDate (${dateOf(about.atMs)}) >>`
  )
  const fonts = faces.map((face, n) => `/F${n} ${fontOf(face, add, stream)} 0 R`).join(' ')
  const kids = pages.map(({ width, height, content }) => {
    const body = stream(Buffer.from(content, 'latin1'))
    const box = `[0 0 ${width.toFixed(2)} ${height.toFixed(2)}]`
    return add(
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox ${box} /Contents ${body} 0 R /Resources << /Font << ${fonts} >> >> >>`
    )
  })
  objects[catalog - 1] = Buffer.from(
    `<< /Type /Catalog /Pages ${tree} 0 R /Lang (${about.language}) /ViewerPreferences << /DisplayDocTitle true >> >>`
  )
  objects[tree - 1] = Buffer.from(
    `<< /Type /Pages /Kids [${kids.map(kid => `${kid} 0 R`).join(' ')}] /Count ${kids.length} >>`
  )
  return fileOf(objects, catalog, info)
}

function fontOf(face: Face, add: (body: string) => number, stream: (bytes: Buffer, more?: string) => number): number {
  const font = trueTypeOf(face.outlines)
  const file = stream(font, ` /Length1 ${font.length}`)
  const tag = createHash('sha256').update(font).digest().subarray(0, 6)
  const name = `${[...tag].map(byte => String.fromCharCode(65 + (byte % 26))).join('')}+NotoSansSC-${face.weight}`
  const descriptor = add(
    `<< /Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [-200 ${DESCENT} 1200 ${ASCENT}] /ItalicAngle 0 ` +
      `/Ascent ${ASCENT} /Descent ${DESCENT} /CapHeight 733 /StemV ${face.weight / 5} /FontFile2 ${file} 0 R >>`
  )
  const widths = face.outlines.map(({ advance }) => Math.round((1_000 * advance) / UNITS_PER_EM)).join(' ')
  const descendant = add(
    `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /CIDToGIDMap /Identity /DW 1000 /W [0 [${widths}]] ` +
      `/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ${descriptor} 0 R >>`
  )
  const unicode = stream(Buffer.from(unicodeMap(face.characters), 'latin1'))
  return add(
    `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H /DescendantFonts [${descendant} 0 R] ` +
      `/ToUnicode ${unicode} 0 R >>`
  )
}

function unicodeMap(characters: readonly string[]): string {
  const lines = characters.flatMap((each, n) => (each === '' ? [] : [`<${hex(n)}> <${utf16(each)}>`]))
  const blocks: string[] = []
  for (let at = 0; at < lines.length; at += MAP_BLOCK) {
    const some = lines.slice(at, at + MAP_BLOCK)
    blocks.push(`${some.length} beginbfchar\n${some.join('\n')}\nendbfchar`)
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${blocks.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`
}

const hex = (n: number): string => n.toString(16).padStart(4, '0')
const utf16 = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex')
/** With the mark of big-endian Unicode. */
const textOf = (text: string): string => `<feff${utf16(text)}>`

/** `D:20261128185901Z`. */
function dateOf(ms: number): string {
  return `D:${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
}

function fileOf(objects: readonly Buffer[], catalog: number, info: number): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')]
  let at = parts[0]?.length ?? 0
  const offsets: number[] = []
  for (const [n, body] of objects.entries()) {
    offsets.push(at)
    const whole = Buffer.concat([Buffer.from(`${n + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')])
    parts.push(whole)
    at += whole.length
  }
  const id = createHash('sha256').update(Buffer.concat(parts)).digest('hex').slice(0, 32)
  const rows = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n` +
        `<< /Size ${objects.length + 1} /Root ${catalog} 0 R /Info ${info} 0 R /ID [<${id}> <${id}>] >>\n` +
        `startxref\n${at}\n%%EOF\n`
    )
  )
  return Buffer.concat(parts)
}
