// What a Go server does: lists users and verifies a session token, with the JWKS and without network.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/clerk/clerk-sdk-go/v2"
	"github.com/clerk/clerk-sdk-go/v2/jwks"
	"github.com/clerk/clerk-sdk-go/v2/jwt"
	"github.com/clerk/clerk-sdk-go/v2/user"
)

func main() {
	token, email, issuer, jwtKey := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	ctx := context.Background()
	config := &clerk.ClientConfig{}
	config.Key = clerk.String(os.Getenv("CLERK_SECRET_KEY"))
	config.URL = clerk.String(os.Getenv("CLERK_API_URL") + "/v1")

	found, err := user.NewClient(config).List(ctx, &user.ListParams{EmailAddresses: []string{email}})
	must(err)
	one, err := user.NewClient(config).Get(ctx, found.Users[0].ID)
	must(err)

	// The library takes an issuer of another host than Clerk's for that of a proxy.
	claims, err := jwt.Verify(ctx, &jwt.VerifyParams{
		Token:      token,
		JWKSClient: jwks.NewClient(config),
		ProxyURL:   &issuer,
	})
	must(err)

	key, err := clerk.JSONWebKeyFromPEM(jwtKey)
	must(err)
	byKey, err := jwt.Verify(ctx, &jwt.VerifyParams{Token: token, JWK: key, ProxyURL: &issuer})
	must(err)

	must(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"total":   found.TotalCount,
		"found":   found.Users[0].ID,
		"email":   one.EmailAddresses[0].EmailAddress,
		"subject": claims.Subject,
		"session": claims.SessionID,
		"by_key":  byKey.Subject,
	}))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
