/** Digest against the examples printed in RFC 2617, RFC 7616 and RFC 8760's algorithms. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  digestMatches,
  digestResponse,
  formatAuthorization,
  formatChallenge,
  parseAuthorization,
  parseChallenge
} from './digest.ts'

describe('digest', () => {
  it('computes the example of RFC 2617 §3.5', () => {
    const response = digestResponse({
      username: 'Mufasa',
      password: 'Circle Of Life',
      realm: 'testrealm@host.com',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      method: 'GET',
      uri: '/dir/index.html',
      algorithm: 'MD5',
      auth: { nc: '00000001', cnonce: '0a4f113b' }
    })
    expect(response).toBe('6629fae49393a05397450978507c4ef1')
  })

  it('computes both examples of RFC 7616 §3.9.1', () => {
    const input = {
      username: 'Mufasa',
      password: 'Circle of Life',
      realm: 'http-auth@example.org',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      method: 'GET',
      uri: '/dir/index.html',
      auth: { nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' }
    }
    expect(digestResponse({ ...input, algorithm: 'MD5' })).toBe('8ca523f5e9506fed4657c9700eebdbec')
    expect(digestResponse({ ...input, algorithm: 'SHA-256' })).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'
    )
  })

  it('reads the challenge of RFC 2617 and one without quality', () => {
    const challenge = parseChallenge(
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    expect(challenge).toMatchObject({ realm: 'testrealm@host.com', qopAuth: true, algorithm: 'MD5', stale: false })
    expect(parseChallenge('digest realm=x,nonce=y,stale=TRUE')).toMatchObject({ qopAuth: false, stale: true })
  })

  for (const header of [
    'Basic realm="x"',
    'Digest realm="x"',
    'Digest realm="x", nonce="y", algorithm=SHA-512',
    'Digest realm="x", nonce="y", qop="auth-int"',
    'Digest realm="x, nonce="y"',
    'NoOneKnowsThisScheme opaque-data=here'
  ])
    it(`refuses ${header}`, () => expect(parseChallenge(header)).toBeUndefined())

  it('a login is proven by its password only, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (realm, username, password) => {
        const clean = (text: string) => text.replace(/[\r\n]/g, '')
        const offer = { realm: clean(realm), nonce: 'n1', algorithm: 'SHA-256' as const, stale: false }
        const challenge = parseChallenge(formatChallenge(offer))
        if (!challenge) throw new Error('no challenge')
        const login = { username: clean(username), password, method: 'INVITE', uri: 'sip:#9@a', cnonce: 'c', count: 1 }
        const proof = parseAuthorization(formatAuthorization(challenge, login))
        if (!proof) throw new Error('no authorization')
        expect(digestMatches(proof, 'INVITE', password)).toBe(true)
        expect(digestMatches(proof, 'INVITE', `${password}x`)).toBe(false)
        expect(digestMatches(proof, 'BYE', password)).toBe(false)
      })
    )
  })
})
