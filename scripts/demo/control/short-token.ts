import jwt from 'jsonwebtoken';

/** The same token of the relay with another end, in seconds since 1970; the relay accepts it as its own. */
export function endingAt(token: string, signingKey: string, end: number): string {
  const { header, payload } = jwt.verify(token, signingKey, { algorithms: ['HS256'], complete: true });
  if (typeof payload === 'string') throw new Error('the relay gave a token without claims');
  const { kid } = header;
  return jwt.sign({ ...payload, exp: end }, signingKey, {
    algorithm: 'HS256',
    ...(kid === undefined ? {} : { keyid: kid }),
  });
}
