// A certified provider with one client, whose sign-in page takes any name.
// node provider.mjs ISSUER CLIENT_ID CLIENT_SECRET REDIRECT_URI [WAY_TO_AUTHENTICATE]
import Provider from "oidc-provider";

const [issuer, id, secret, back, way = "client_secret_basic"] = process.argv.slice(2);
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: id,
      ...(secret ? { client_secret: secret } : {}),
      redirect_uris: [back],
      token_endpoint_auth_method: secret ? way : "none",
    },
  ],
  clientAuthMethods: secret ? [way] : ["none"],
  cookies: { keys: ["of the tests"] },
  pkce: { required: () => true },
});
provider.listen(Number(new URL(issuer).port), "127.0.0.1", () => console.log("listening"));
