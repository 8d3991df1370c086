package main

import (
	"net/http"
	"sync"
	_ "unsafe" // for go:linkname

	"sigs.k8s.io/aws-iam-authenticator/pkg/config"
	"sigs.k8s.io/aws-iam-authenticator/pkg/ec2provider"
	"sigs.k8s.io/aws-iam-authenticator/pkg/mapper"
	"sigs.k8s.io/aws-iam-authenticator/pkg/mapper/configmap"
	_ "sigs.k8s.io/aws-iam-authenticator/pkg/server" // holds what is linked below
	"sigs.k8s.io/aws-iam-authenticator/pkg/token"
)

// The authenticator does not export how its server goes from STS's answer to a user, so these three are linked by
// name, and the two types below have the layout of its own, field by field, in the version that go.mod pins.

// saveMap is what the ConfigMap watch does with what ParseMap returned, errors or not.
//
//go:linkname saveMap sigs.k8s.io/aws-iam-authenticator/pkg/mapper/configmap.(*MapStore).saveMap
func saveMap(store *configmap.MapStore, users []config.UserMapping, roles []config.RoleMapping, accounts []string)

// identityFrom makes the caller of what STS answered: canonical ARN, user id, session name.
//
//go:linkname identityFrom sigs.k8s.io/aws-iam-authenticator/pkg/token.getIdentityFromSTSResponse
func identityFrom(identity *token.Identity, answer callerIdentity) (*token.Identity, error)

// doMapping asks the mappers in order, then the accounts, and fills in templates.
//
//go:linkname doMapping sigs.k8s.io/aws-iam-authenticator/pkg/server.(*handler).doMapping
func doMapping(server *handler, identity *token.Identity) (string, []string, error)

// callerIdentity has the layout of token.getCallerIdentityWrapper.
type callerIdentity struct {
	response struct {
		result struct {
			account, arn, userID string
		}
		metadata struct {
			requestID string
		}
	}
}

// handler has the layout of server.handler.
type handler struct {
	http.ServeMux
	mutex       sync.RWMutex
	verifier    token.Verifier
	ec2Provider ec2provider.EC2Provider
	clusterID   string
	backend     struct {
		mappers      []mapper.Mapper
		mapperStopCh chan struct{}
		currentModes string
	}
	scrubbedAccounts []string
	cfg              config.Config
}

// serverOn is a server with one mapper, the ConfigMap's, as on EKS before access entries.
func serverOn(store *configmap.MapStore) *handler {
	server := &handler{ec2Provider: namedAfterInstance{}}
	server.backend.mappers = []mapper.Mapper{&configmap.ConfigMapMapper{MapStore: store}}
	return server
}

// namedAfterInstance stands for EC2: every instance exists and is called ip-<instance id>.
type namedAfterInstance struct{}

func (namedAfterInstance) GetPrivateDNSName(instance string) (string, error) {
	return "ip-" + instance, nil
}

func (namedAfterInstance) StartEc2DescribeBatchProcessing() {}
